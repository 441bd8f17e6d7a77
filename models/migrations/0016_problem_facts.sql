-- What the indicators know of each problem, derived from the log alone (docs/indicators.md): no references to the tables
-- of other rooms, so that it can be filled anew at any time. Written by the stages `indicators` and `punctuality` only.
CREATE TABLE problem_facts (
    problem_id uuid PRIMARY KEY,
    region_id text NOT NULL,
    appeal_id uuid NOT NULL,
    -- a state of models.states.ProblemState
    state text NOT NULL,
    topic text NOT NULL,
    -- the topic's group by the region's pack; empty where the pack has no such topic
    group_name text NOT NULL,
    -- empty: not known
    municipality text NOT NULL,
    -- H3, resolution 9 or coarser; empty: no place on the map is known
    cell text NOT NULL,
    urgency smallint NOT NULL,
    regime text NOT NULL,
    -- of the appeal, and its day in the region's time zone
    accepted_at timestamptz NOT NULL,
    day date NOT NULL,
    found_at timestamptz NOT NULL,
    -- who answers for it now, who of his does it, since when; empty and null: nobody
    executor text NOT NULL DEFAULT '',
    handler text NOT NULL DEFAULT '',
    assigned_at timestamptz,
    -- of the running stage (a stage ends when the problem is reopened); null: not yet
    planned_at timestamptz,
    variant text NOT NULL DEFAULT '',
    due_on date,
    reported_at timestamptz,
    -- solved or answered, by `state`; null while it is open
    closed_at timestamptz,
    -- in the region's time zone
    closed_day date,
    -- who closed it: the executor and who of his
    closed_by text NOT NULL DEFAULT '',
    closed_handler text NOT NULL DEFAULT '',
    -- when the first closing reply of the stage was sent
    replied_at timestamptz,
    -- of the author's last judgement, whichever stage it was of
    verdict_at timestamptz,
    score smallint,
    said_solved boolean,
    reopenings smallint NOT NULL DEFAULT 0,
    -- flags of proofs that an operator confirmed, and of replies that say nothing: how many over all stages
    confirmed_flags smallint NOT NULL DEFAULT 0,
    formal_replies smallint NOT NULL DEFAULT 0,
    -- how often an executor refused it
    refusals smallint NOT NULL DEFAULT 0,
    -- the problem it was merged into
    merged_into uuid,
    -- its whole way (indicators.way): who had it from when to when, and each stage
    way jsonb NOT NULL,
    -- the ends of the ids of the events counted in: the same one again changes nothing
    seen text NOT NULL,
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX problem_facts_of_appeal ON problem_facts (appeal_id);
CREATE INDEX problem_facts_by_day ON problem_facts (region_id, day);
CREATE INDEX problem_facts_by_executor ON problem_facts (region_id, executor, state) WHERE executor <> '';

-- How each term of a problem went: of plan, solve and work. One row a deadline; one that moved leaves its breach here.
CREATE TABLE problem_terms (
    problem_id uuid NOT NULL,
    clock text NOT NULL,
    deadline_at timestamptz NOT NULL,
    region_id text NOT NULL,
    appeal_id uuid NOT NULL,
    -- null: breached and not stopped by any work
    started_at timestamptz,
    stopped_at timestamptz,
    -- first, reopened, interim
    stage text NOT NULL DEFAULT '',
    late boolean NOT NULL DEFAULT false,
    breached_at timestamptz,
    PRIMARY KEY (problem_id, clock, deadline_at)
);
CREATE INDEX problem_terms_of_appeal ON problem_terms (appeal_id);
CREATE INDEX problem_terms_by_breach ON problem_terms (region_id, breached_at) WHERE breached_at IS NOT NULL;
