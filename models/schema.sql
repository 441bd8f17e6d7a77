-- The declared schema: what all migrations together must give (a test compares them).
-- Regions are tenants: every row belongs to one. Times are timestamptz; ids are UUIDs made by the application.

CREATE TABLE regions (
    id text PRIMARY KEY,
    name text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL
);

-- numbers are unique over all regions; gaps are allowed, a number is never given twice
CREATE SEQUENCE appeal_numbers AS bigint;

CREATE TABLE topics (
    region_id text NOT NULL REFERENCES regions (id),
    code text NOT NULL,
    group_name text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (region_id, code)
);

-- Bodies, their units and the persons in them (docs/routing.md). Days are the region's own; both ends count.
CREATE TABLE executors (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    code text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('body', 'unit', 'person')),
    name text NOT NULL,
    parent_id uuid REFERENCES executors (id),
    short_name text NOT NULL DEFAULT '',
    -- set for the administration of that municipality
    municipality text NOT NULL DEFAULT '',
    -- the person who heads a body or a unit
    head_id uuid REFERENCES executors (id),
    -- a person's post, and where notices to him go
    post text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    -- open problems, weighted by urgency, that a person can carry; null: not said
    capacity integer CHECK (capacity > 0),
    valid_from date,
    valid_to date,
    -- a renewed pack leaves alone what a person of the server imported
    origin text NOT NULL DEFAULT 'pack' CHECK (origin IN ('pack', 'import')),
    UNIQUE (region_id, code)
);

-- who stands in for a person, in the order in which they are asked
CREATE TABLE deputies (
    executor_id uuid NOT NULL REFERENCES executors (id),
    ordinal integer NOT NULL,
    deputy_id uuid NOT NULL REFERENCES executors (id),
    region_id text NOT NULL REFERENCES regions (id),
    PRIMARY KEY (executor_id, ordinal)
);

CREATE TABLE absences (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    -- who stands in this time; null: the deputies in their order
    deputy_id uuid REFERENCES executors (id),
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX absences_of_executor ON absences (executor_id, last_day);

-- The decision table of a region whose officials imported their own; without a row here the pack's file holds.
CREATE TABLE competences (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    topic text NOT NULL,
    municipality text NOT NULL,
    property text NOT NULL,
    executor text NOT NULL,
    machine boolean NOT NULL,
    basis text NOT NULL,
    valid_from date,
    valid_to date
);
CREATE INDEX competences_of_region ON competences (region_id);

-- what was imported when: the greatest id of a region tells a worker that its table in memory is old
CREATE TABLE executor_imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    file_name text NOT NULL,
    file_sha256 text NOT NULL,
    changes jsonb NOT NULL,
    done_at timestamptz NOT NULL
);
CREATE INDEX executor_imports_of_region ON executor_imports (region_id, id);

CREATE TABLE appeals (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    number text NOT NULL UNIQUE,
    channel text NOT NULL,
    external_id text NOT NULL,
    text text NOT NULL,
    author jsonb NOT NULL DEFAULT '{}',
    stated jsonb NOT NULL DEFAULT '{}',
    reply_to text NOT NULL DEFAULT '',
    sent_at timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('accepted', 'analysed', 'dismissed')),
    dismissal text,
    dismissal_probability real,
    privacy jsonb NOT NULL DEFAULT '[]',
    analysed_at timestamptz,
    model_version text,
    -- how sure it is who wrote, and the order of consideration chosen by it when the appeal was registered
    identity text NOT NULL DEFAULT 'stated' CHECK (identity IN ('none', 'stated', 'confirmed')),
    regime text NOT NULL DEFAULT 'portal' CHECK (regime IN ('fz59', 'platform', 'open_sources', 'portal')),
    -- when everything personal of the author was erased: no reply can reach him any more
    erased_at timestamptz,
    UNIQUE (region_id, channel, external_id)
);
CREATE INDEX appeals_by_time ON appeals (region_id, accepted_at, id);
CREATE INDEX appeals_by_state ON appeals (region_id, state, accepted_at);

CREATE TABLE attachments (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    appeal_id uuid NOT NULL REFERENCES appeals (id),
    ordinal integer NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    UNIQUE (appeal_id, ordinal)
);

CREATE TABLE problems (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    appeal_id uuid NOT NULL REFERENCES appeals (id),
    ordinal integer NOT NULL,
    state text NOT NULL CHECK (state IN (
        'found', 'queued', 'assigned', 'planned', 'reported', 'solved', 'answered', 'merged', 'dismissed'
    )),
    -- list of [start, end) in the appeal's text
    spans jsonb NOT NULL,
    topic_code text NOT NULL,
    topic_probability real NOT NULL,
    group_name text NOT NULL,
    group_probability real NOT NULL,
    -- whether the machine may trust its own topic
    decided boolean NOT NULL,
    -- list of {code, name, group, probability}, best first
    topic_guesses jsonb NOT NULL,
    words jsonb NOT NULL DEFAULT '[]',
    facts jsonb NOT NULL DEFAULT '[]',
    -- the whole Place with alternatives; the columns beside it are for filters
    place jsonb NOT NULL,
    more_places jsonb NOT NULL DEFAULT '[]',
    place_level text NOT NULL,
    municipality text NOT NULL DEFAULT '',
    latitude double precision,
    longitude double precision,
    h3 text NOT NULL DEFAULT '',
    urgency smallint NOT NULL CHECK (urgency BETWEEN 1 AND 5),
    urgency_reasons jsonb NOT NULL DEFAULT '[]',
    -- three best executors with reasons, where routing put the problem before an operator
    executor_guesses jsonb NOT NULL DEFAULT '[]',
    merged_into uuid REFERENCES problems (id),
    found_at timestamptz NOT NULL,
    -- raised by one at every change, so that two operators cannot overwrite each other
    version integer NOT NULL DEFAULT 1,
    -- why the machine left it to an operator (a code of routing.Doubt)
    doubt text NOT NULL DEFAULT '',
    UNIQUE (appeal_id, ordinal)
);
CREATE INDEX problems_queue ON problems (region_id, state, urgency DESC, found_at, id);
CREATE INDEX problems_by_time ON problems (region_id, found_at DESC, id);
CREATE INDEX problems_by_topic ON problems (region_id, topic_code, found_at);
CREATE INDEX problems_merged ON problems (merged_into) WHERE merged_into IS NOT NULL;

-- What an operator finds an appeal by: its number, text, author and places in any form of their words. A table of its
-- own, because problems change often and each change would write all words into the index anew.
CREATE TABLE appeal_words (
    appeal_id uuid PRIMARY KEY REFERENCES appeals (id) ON DELETE CASCADE,
    region_id text NOT NULL,
    words tsvector NOT NULL
);

-- Signs that the parser would take for parts of numbers, paths and addresses part words; «ё» is written as «е».
CREATE FUNCTION search_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strip(to_tsvector('pg_catalog.russian', translate(said, 'ёЁ-–—/\.:,№@_+', 'еЕ            ')))
$$;

-- The words of some appeals, as they are now. The number of an appeal is also found without its zeros.
CREATE FUNCTION keep_appeal_words(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appeal_words (appeal_id, region_id, words)
    SELECT a.id, a.region_id, search_words(concat_ws(
        ' ', a.number, ltrim(split_part(a.number, '-', 3), '0'), a.text, a.author->>'name',
        a.stated->>'settlement', a.stated->>'street', a.stated->>'house', found.places))
    FROM appeals a CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(' ', p.place->>'settlement', p.place->>'street', p.place->>'house'), ' ') AS places
        FROM problems p WHERE p.appeal_id = a.id
    ) found
    WHERE a.id = ANY (ids) ORDER BY a.id
    ON CONFLICT (appeal_id) DO UPDATE SET words = excluded.words WHERE appeal_words.words <> excluded.words
$$;

CREATE FUNCTION keep_words_of_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY(SELECT DISTINCT appeal_id FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_new_problems AFTER INSERT ON problems REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION keep_words_of_problems();

CREATE FUNCTION keep_words_of_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY[NEW.appeal_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_moved_problem AFTER UPDATE OF place ON problems
    FOR EACH ROW WHEN (OLD.place IS DISTINCT FROM NEW.place) EXECUTE FUNCTION keep_words_of_place();

CREATE FUNCTION keep_words_of_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
-- no problem was seen in it, or somebody erased what was said
CREATE TRIGGER words_of_dismissed_appeal AFTER UPDATE OF state ON appeals
    FOR EACH ROW WHEN (NEW.state = 'dismissed') EXECUTE FUNCTION keep_words_of_appeal();
CREATE TRIGGER words_of_changed_appeal AFTER UPDATE OF text, author, stated ON appeals
    FOR EACH ROW WHEN ((OLD.text, OLD.author, OLD.stated) IS DISTINCT FROM (NEW.text, NEW.author, NEW.stated))
    EXECUTE FUNCTION keep_words_of_appeal();
CREATE INDEX appeal_words_found ON appeal_words USING gin (words);

CREATE TABLE assignments (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    -- 'machine' or the login of the operator
    assigned_by text NOT NULL,
    reason text NOT NULL,
    probability real,
    assigned_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    -- the unit or the person of the executor who does it; null: the executor gives it to somebody himself
    handler_id uuid REFERENCES executors (id)
);
CREATE UNIQUE INDEX assignments_open ON assignments (problem_id) WHERE ended_at IS NULL;
CREATE INDEX assignments_of_executor ON assignments (region_id, executor_id, assigned_at);
CREATE INDEX assignments_of_handler ON assignments (handler_id) WHERE ended_at IS NULL AND handler_id IS NOT NULL;

CREATE TABLE clocks (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    kind text NOT NULL CHECK (kind IN ('route', 'plan', 'solve', 'work', 'registration', 'forwarding')),
    policy_version text NOT NULL,
    started_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    warn_at timestamptz,
    stopped_at timestamptz,
    warned_at timestamptz,
    breached_at timestamptz,
    -- time of the last event counted in: an older one that comes again changes nothing
    as_of timestamptz NOT NULL,
    -- the problem was found dangerous: a topic corrected later does not take the shorter term away
    danger boolean NOT NULL DEFAULT false,
    regime text NOT NULL DEFAULT 'portal',
    -- by which topic the term was taken; empty for clocks whose term does not depend on it
    topic text NOT NULL DEFAULT '',
    -- the regime's own row for what is important applies
    important boolean NOT NULL DEFAULT false,
    -- what the running term began with: first, reopened, interim (an interim answer was given)
    stage text NOT NULL DEFAULT 'first',
    -- list of {reason, start, end}; end is null while the pause lasts
    pauses jsonb NOT NULL DEFAULT '[]',
    extended_at timestamptz,
    -- when the problem was opened again last: an answer to what was closed before stops nothing any more
    reopened_at timestamptz,
    UNIQUE (problem_id, kind)
) WITH (fillfactor = 85);

-- Timers and escalation (docs/escalation.md). One row a clock: which step of its ladder comes next, and when.
CREATE TABLE timers (
    clock_id uuid PRIMARY KEY REFERENCES clocks (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    -- raised each time the deadline moves: the steps begin anew
    course integer NOT NULL,
    deadline_at timestamptz NOT NULL,
    -- the version of the region's escalation.json whose ladder this course climbs; empty: the one valid now
    version text NOT NULL,
    danger boolean NOT NULL,
    -- how many steps of the ladder lie behind
    reached smallint NOT NULL,
    -- null: the clock stands, or no step is left
    due_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX timers_due ON timers (due_at) WHERE due_at IS NOT NULL;

-- Steps of moments at which many clocks step at once, worked out in the minutes before (docs/escalation.md). One row a
-- clock: its timer stands behind the step already; `reached` and `due_at` are where it goes back should something change.
CREATE TABLE steps_ahead (
    clock_id uuid PRIMARY KEY REFERENCES clocks (id) ON DELETE CASCADE,
    region_id text NOT NULL,
    problem_id uuid NOT NULL,
    course integer NOT NULL,
    deadline_at timestamptz NOT NULL,
    step smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('warned', 'breached', 'escalated')),
    reached smallint NOT NULL,
    due_at timestamptz NOT NULL,
    -- the event as it goes into the log
    key text NOT NULL,
    event jsonb NOT NULL,
    portion_id uuid NOT NULL
);
CREATE INDEX steps_ahead_due ON steps_ahead (due_at);
CREATE INDEX steps_ahead_of_portion ON steps_ahead (portion_id);
CREATE INDEX steps_ahead_of_problem ON steps_ahead (problem_id);

-- A portion stands here until it is told: its moment, the partition of the stream of clocks, and a signature of the day
-- and the staff by which its notices were made.
CREATE TABLE step_portions (
    id uuid PRIMARY KEY,
    partition integer NOT NULL,
    due_at timestamptz NOT NULL,
    region_id text NOT NULL,
    version text NOT NULL,
    basis text NOT NULL
);
CREATE INDEX step_portions_due ON step_portions (partition, due_at);

-- Portions with a step of a problem that was given to somebody else since. Rows are added only: nobody waits for another.
CREATE TABLE portions_overtaken (
    portion_id uuid NOT NULL,
    region_id text NOT NULL DEFAULT ''
);
CREATE FUNCTION overtake_portions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portions_overtaken (portion_id, region_id)
        SELECT s.portion_id, s.region_id FROM changed JOIN steps_ahead s ON s.problem_id = changed.problem_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER portions_overtaken_by_assignment AFTER INSERT ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION overtake_portions();
CREATE TRIGGER portions_overtaken_by_change AFTER UPDATE ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION overtake_portions();

-- E-mails with notices: one to one person at one time, however many notices it carries.
CREATE TABLE notice_mails (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    -- cancelled: its notices did not hold any more
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT ''
);
CREATE INDEX notice_mails_to_try ON notice_mails (try_at) WHERE state = 'waiting';
-- notices that become due together go into one e-mail, also where several processes deliver
CREATE UNIQUE INDEX notice_mails_open ON notice_mails (executor_id) WHERE state = 'waiting' AND attempts = 0;
CREATE INDEX notice_mails_by_time ON notice_mails (region_id, made_at DESC, id);

-- what operators did, with what stood before: undo and learning from corrections read it
CREATE TABLE actions (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    appeal_id uuid NOT NULL REFERENCES appeals (id),
    problem_id uuid REFERENCES problems (id),
    login text NOT NULL,
    kind text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    reason text NOT NULL DEFAULT '',
    done_at timestamptz NOT NULL,
    undone_at timestamptz
);
CREATE INDEX actions_of_appeal ON actions (appeal_id, done_at);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('operator', 'executor', 'governor', 'admin')),
    executor_id uuid REFERENCES executors (id),
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE sessions (
    token_sha256 text PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    file_sha256 text NOT NULL,
    file_name text NOT NULL,
    mapping jsonb NOT NULL,
    rows_done bigint NOT NULL,
    rows_rejected bigint NOT NULL,
    finished boolean NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (region_id, file_sha256, mapping)
);

-- Near-duplicates (docs/repeats.md). Keys are hashes of the text, the author and the place: no word can be had back.
-- One row a problem that can be found; `seq` is the order in which problems were found, `keys` what it is filed under.
CREATE TABLE problem_signatures (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    problem_id uuid NOT NULL UNIQUE REFERENCES problems (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    keys bigint[] NOT NULL
);

-- The index over `keys`: a table of its own, so that the newest holders of a key come first and a key that thousands
-- share costs no more than any other. No foreign keys: fifteen rows a problem would be checked one by one.
CREATE TABLE problem_keys (
    key bigint NOT NULL,
    seq bigint NOT NULL,
    region_id text NOT NULL,
    PRIMARY KEY (key, seq)
);

CREATE FUNCTION forget_problem_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM problem_keys WHERE key = ANY (OLD.keys) AND seq = OLD.seq;
    RETURN NULL;
END $$;
CREATE TRIGGER problem_signatures_forgotten AFTER DELETE ON problem_signatures
    FOR EACH ROW EXECUTE FUNCTION forget_problem_keys();

-- what a problem is to one found before it; the reason holds no word of a citizen
CREATE TABLE similar_problems (
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    earlier_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    kind text NOT NULL CHECK (kind IN ('repeat', 'copy', 'common_cause')),
    score real NOT NULL CHECK (score BETWEEN 0 AND 1),
    reason text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (problem_id, earlier_id)
);
CREATE INDEX similar_problems_later ON similar_problems (earlier_id);

-- Incidents (docs/incidents.md): many problems with one cause, one job to do. Numbers are for people; gaps are allowed.
CREATE SEQUENCE incident_numbers AS bigint;

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    number bigint NOT NULL UNIQUE,
    -- a code of the region's incidents.json; empty where an operator joined what no cause there explains
    cause text NOT NULL,
    -- given by an operator; empty: the cause and the place name it
    name text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    -- the one executor, as the machine or an operator gave the whole incident away
    executor_id uuid REFERENCES executors (id),
    municipality text NOT NULL DEFAULT '',
    -- where the first problem with a point was: later ones must lie near it, so that incidents do not creep
    latitude double precision,
    longitude double precision,
    -- times of sending of the first and the last problem
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    -- 'machine' or the login of the operator
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    -- raised by one at every change by an operator, so that two of them cannot overwrite each other
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX incidents_by_time ON incidents (region_id, state, last_at DESC, id);

-- one row a stay of a problem in an incident; what was left stays as history, and the machine never joins it again
CREATE TABLE incident_problems (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    incident_id uuid NOT NULL REFERENCES incidents (id),
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    joined_by text NOT NULL,
    -- Russian, for an operator, without a word of a citizen
    reason text NOT NULL,
    score real,
    joined_at timestamptz NOT NULL,
    left_by text,
    left_at timestamptz
);
CREATE UNIQUE INDEX incident_problems_now ON incident_problems (problem_id) WHERE left_at IS NULL;
CREATE INDEX incident_problems_of_incident ON incident_problems (incident_id, joined_at);
CREATE INDEX incident_problems_of_problem ON incident_problems (problem_id);

-- «похоже на инцидент»: the machine was not sure; the operator joins or says no
CREATE TABLE incident_suggestions (
    problem_id uuid PRIMARY KEY REFERENCES problems (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    -- the incident, or where there is none the problem with which one could be opened
    incident_id uuid REFERENCES incidents (id),
    with_problem_id uuid REFERENCES problems (id) ON DELETE CASCADE,
    score real NOT NULL,
    reason text NOT NULL,
    suggested_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('joined', 'refused')),
    answered_by text,
    answered_at timestamptz
);
CREATE INDEX incident_suggestions_open ON incident_suggestions (region_id, suggested_at) WHERE answer IS NULL;

-- What a problem is found by when a later one looks for its incident: hashes of (region, cause, H3 cell or street).
CREATE TABLE incident_keys (
    key bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    region_id text NOT NULL,
    PRIMARY KEY (key, sent_at, problem_id)
);
CREATE INDEX incident_keys_of_problem ON incident_keys (problem_id);

-- what operators did with an incident, with what stood before: undo reads it
CREATE TABLE incident_actions (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    incident_id uuid NOT NULL REFERENCES incidents (id),
    login text NOT NULL,
    kind text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    done_at timestamptz NOT NULL,
    undone_at timestamptz
);
CREATE INDEX incident_actions_of_incident ON incident_actions (incident_id, done_at);

-- How many problems of one group of topics a place had in each hour: the usual level, and what came now. A place is a
-- municipality or an H3 cell of resolution 7.
CREATE TABLE problem_counts (
    region_id text NOT NULL REFERENCES regions (id),
    group_name text NOT NULL,
    place text NOT NULL,
    hour timestamptz NOT NULL,
    problems integer NOT NULL,
    PRIMARY KEY (region_id, group_name, place, hour)
);

-- an alarm: more problems than the usual level of that place, hour and weekday explains
CREATE TABLE bursts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    group_name text NOT NULL,
    place text NOT NULL,
    municipality text NOT NULL,
    -- the window that gave the alarm, in hours, and its last problem
    hours integer NOT NULL,
    reached_at timestamptz NOT NULL,
    problems integer NOT NULL,
    expected real NOT NULL,
    -- how probable so many would be on a usual day
    probability double precision NOT NULL,
    detected_at timestamptz NOT NULL,
    UNIQUE (region_id, group_name, place, reached_at)
);
CREATE INDEX bursts_by_time ON bursts (region_id, reached_at DESC);

-- Rerouting (docs/routing.md): one row a refusal of an executor, the chain in which a problem went from door to door.
CREATE TABLE hops (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    -- 1 for the first refusal of the problem
    ordinal integer NOT NULL,
    from_executor_id uuid NOT NULL REFERENCES executors (id),
    login text NOT NULL,
    -- a code of the region's list of reasons; the comment is for the operator
    reason text NOT NULL,
    comment text NOT NULL DEFAULT '',
    -- whose it is in the words of who refused
    named_executor_id uuid REFERENCES executors (id),
    -- to whom the machine forwarded it at once; null: it went to an operator
    forwarded_to_id uuid REFERENCES executors (id),
    refused_at timestamptz NOT NULL,
    -- an operator gave it back: the hop is not counted, and the executor may not refuse again
    undone_at timestamptz,
    UNIQUE (problem_id, ordinal),
    UNIQUE (problem_id, from_executor_id)
);
CREATE INDEX hops_of_executor ON hops (region_id, from_executor_id, refused_at);

-- Who works on a problem beside the one lead in `assignments`: co-executors answer to the lead, those who got a copy
-- (59-ФЗ, article 8, part 4) answer the citizen on their own questions.
CREATE TABLE co_assignments (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    executor_id uuid NOT NULL REFERENCES executors (id),
    role text NOT NULL CHECK (role IN ('co', 'copy')),
    -- what is asked of him, Russian
    task text NOT NULL DEFAULT '',
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL,
    answer text NOT NULL DEFAULT '',
    answered_by text,
    answered_at timestamptz,
    ended_at timestamptz,
    end_reason text
);
CREATE UNIQUE INDEX co_assignments_open ON co_assignments (problem_id, executor_id) WHERE ended_at IS NULL;
CREATE INDEX co_assignments_of_executor ON co_assignments (region_id, executor_id, assigned_at);

-- Instructions of a head (docs/instructions.md). Numbers are for people; gaps are allowed.
CREATE SEQUENCE instruction_numbers AS bigint;

CREATE TABLE instructions (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    number bigint NOT NULL UNIQUE,
    -- the uppermost instruction of the tree, and the one that this one is part of; the first is its own root
    root_id uuid NOT NULL REFERENCES instructions (id),
    parent_id uuid REFERENCES instructions (id),
    -- what it is about, where it is about something that a citizen wrote
    problem_id uuid REFERENCES problems (id) ON DELETE SET NULL,
    text text NOT NULL,
    -- the head: his login, and for a part of another one the executor who handed the part on
    given_by text NOT NULL,
    given_by_executor_id uuid REFERENCES executors (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('given', 'accepted', 'in_work', 'reported', 'returned', 'closed')),
    given_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    -- how the deadline came about, Russian: the head's day, or the term of the policy
    basis text NOT NULL,
    report text NOT NULL DEFAULT '',
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX instructions_of_executor ON instructions (region_id, executor_id, deadline_at);
CREATE INDEX instructions_of_root ON instructions (root_id);
CREATE INDEX instructions_by_deadline ON instructions (region_id, state, deadline_at, id);
CREATE INDEX instructions_of_problem ON instructions (problem_id) WHERE problem_id IS NOT NULL;

-- what must be done by when on the way to the whole
CREATE TABLE control_points (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    instruction_id uuid NOT NULL REFERENCES instructions (id),
    ordinal integer NOT NULL,
    name text NOT NULL,
    deadline_at timestamptz NOT NULL,
    note text NOT NULL DEFAULT '',
    done_by text,
    done_at timestamptz,
    UNIQUE (instruction_id, ordinal)
);

-- every step of an instruction with its words, in order: history for people
CREATE TABLE instruction_steps (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    instruction_id uuid NOT NULL REFERENCES instructions (id),
    login text NOT NULL,
    -- a type of event
    kind text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text NOT NULL DEFAULT '',
    done_at timestamptz NOT NULL
);
CREATE INDEX instruction_steps_of_instruction ON instruction_steps (instruction_id, done_at);

-- The clocks of what is no problem: the answers of co-executors, instructions, control points. `subject_id` is a row of
-- co_assignments, instructions or control_points. They warn and breach once, as `clocks` do.
CREATE TABLE task_clocks (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    kind text NOT NULL CHECK (kind IN ('co_answer', 'instruction', 'control_point')),
    subject_id uuid NOT NULL UNIQUE,
    -- key of its events: the appeal, or the uppermost instruction
    event_key uuid NOT NULL,
    executor_id uuid NOT NULL REFERENCES executors (id),
    started_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    warn_at timestamptz NOT NULL,
    stopped_at timestamptz,
    warned_at timestamptz,
    breached_at timestamptz
);
CREATE INDEX task_clocks_to_breach ON task_clocks (deadline_at) WHERE stopped_at IS NULL AND breached_at IS NULL;
CREATE INDEX task_clocks_to_warn ON task_clocks (warn_at) WHERE stopped_at IS NULL AND warned_at IS NULL;

-- One row a step of a clock and a person told of it; the id is made of both, so that none is told twice.
CREATE TABLE notices (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    clock_id uuid REFERENCES clocks (id) ON DELETE CASCADE,
    course integer NOT NULL,
    step smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('warned', 'breached', 'escalated', 'reopened', 'returned')),
    -- of a warning: the share of the term that has run
    share real,
    level text NOT NULL CHECK (level IN ('person', 'head', 'deputy_governor', 'governor', 'operators')),
    -- null: the desk of this level, read by whoever has its role
    executor_id uuid REFERENCES executors (id),
    -- the absent person for whom this one stands in
    instead_of uuid REFERENCES executors (id),
    deadline_at timestamptz NOT NULL,
    danger boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'read', 'cancelled')),
    made_at timestamptz NOT NULL,
    -- when it may be delivered: digests and quiet hours let it wait
    send_at timestamptz NOT NULL,
    delivered_at timestamptz,
    read_at timestamptz,
    cancelled_at timestamptz,
    mail_id uuid REFERENCES notice_mails (id),
    -- in place of a clock: the clock of a task, or the problem that was opened again
    task_id uuid REFERENCES task_clocks (id) ON DELETE CASCADE,
    problem_id uuid REFERENCES problems (id) ON DELETE CASCADE,
    CONSTRAINT notices_subject CHECK (num_nonnulls(clock_id, task_id, problem_id) = 1)
);
CREATE INDEX notices_to_deliver ON notices (send_at) WHERE state = 'waiting';
CREATE INDEX notices_waiting_of_clock ON notices (clock_id) WHERE state = 'waiting';
CREATE INDEX notices_of_executor ON notices (executor_id, delivered_at DESC, id) WHERE executor_id IS NOT NULL;
CREATE INDEX notices_of_desk ON notices (region_id, level, delivered_at DESC, id) WHERE executor_id IS NULL;
CREATE INDEX notices_of_mail ON notices (mail_id) WHERE mail_id IS NOT NULL;

-- The embedded engine of streams. One row an event; positions are dense within a partition.
CREATE TABLE stream_partitions (
    stream text NOT NULL,
    partition integer NOT NULL,
    next_position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, partition)
) WITH (fillfactor = 20);

CREATE TABLE stream_events (
    stream text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    region_id text NOT NULL,
    key text NOT NULL,
    event jsonb NOT NULL,
    appended_at timestamptz NOT NULL,
    PRIMARY KEY (stream, partition, position)
);

-- where each group of consumers stands; shared by both engines, moves in the transaction of the effects
CREATE TABLE stream_offsets (
    consumer_group text NOT NULL,
    stream text NOT NULL,
    partition integer NOT NULL,
    next_position bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (consumer_group, stream, partition)
) WITH (fillfactor = 20);

CREATE TABLE quarantine (
    id uuid PRIMARY KEY,
    region_id text NOT NULL,
    consumer_group text NOT NULL,
    stream text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    event jsonb NOT NULL,
    reason text NOT NULL,
    quarantined_at timestamptz NOT NULL,
    -- an operator asked for another try; the group's workers take it
    replay_asked_at timestamptz,
    replayed_at timestamptz,
    -- how often it was put aside: a replay that fails raises it
    attempts integer NOT NULL DEFAULT 1,
    UNIQUE (consumer_group, stream, partition, position)
);
CREATE INDEX quarantine_to_replay ON quarantine (consumer_group, stream, replay_asked_at)
    WHERE replay_asked_at IS NOT NULL;

-- Written before a batch is handled, outside its transaction: what stands here after a worker died tells which
-- events it died on. `position` to `reach` (exclusive) was under way. Unlogged: a crash of the server blames no event.
CREATE UNLOGGED TABLE stream_attempts (
    consumer_group text NOT NULL,
    stream text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    reach bigint NOT NULL,
    attempts integer NOT NULL,
    PRIMARY KEY (consumer_group, stream, partition)
) WITH (fillfactor = 20);

-- How often somebody did what everybody may: nothing here outlives a crash, and nothing is written to the log for it.
CREATE UNLOGGED TABLE brakes (
    -- a signature of what is counted: no address, no telephone and no login stands here
    key text PRIMARY KEY,
    let_go_at timestamptz NOT NULL
);
CREATE INDEX brakes_by_end ON brakes (let_go_at);

-- Which topic model a region worked with since when, who changed it and why: rollback and the audit read it.
CREATE TABLE model_changes (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    kind text NOT NULL CHECK (kind IN ('promote', 'rollback')),
    version text NOT NULL,
    -- the version that worked before
    previous text NOT NULL,
    -- a person of the server, or 'otklik train'
    by text NOT NULL,
    reason text NOT NULL,
    done_at timestamptz NOT NULL
);
CREATE INDEX model_changes_of_region ON model_changes (region_id, done_at, id);

-- What an executor said he would do; the last one of a problem holds, the others stay on record.
CREATE TABLE plans (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    variant text NOT NULL CHECK (variant IN ('done', 'by_date', 'programme', 'not_ours', 'more_info', 'refused')),
    -- the day on which it will be done, or the programme's last one
    due_on date,
    -- what will be done, in the executor's words for the author
    words text NOT NULL,
    -- by variant: the programme's line, the body whose it is, what is asked, the norm of the refusal
    ground text NOT NULL DEFAULT '',
    planned_by text NOT NULL,
    planned_at timestamptz NOT NULL,
    -- of an explanation: whether an operator (or the machine, where policy lets it) agreed; null: nobody has decided
    agreed boolean,
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    decision text NOT NULL DEFAULT ''
);
CREATE INDEX plans_of_problem ON plans (problem_id, planned_at);

CREATE TABLE proofs (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('submitted', 'checked', 'accepted', 'returned')),
    -- what was done, in the executor's words for the author
    words text NOT NULL,
    done_on date,
    submitted_by text NOT NULL,
    submitted_at timestamptz NOT NULL,
    checked_at timestamptz,
    -- 'machine' or the operator's login
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    decision text NOT NULL DEFAULT '',
    -- codes of the flags that an operator found right
    confirmed_flags jsonb NOT NULL DEFAULT '[]',
    -- the same for all problems of an incident that were reported together: their proofs have the same files
    report_id uuid
);
CREATE INDEX proofs_of_problem ON proofs (problem_id, submitted_at);
CREATE INDEX proofs_by_state ON proofs (region_id, state, submitted_at);
CREATE INDEX proofs_of_report ON proofs (report_id);

CREATE TABLE proof_files (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    proof_id uuid NOT NULL REFERENCES proofs (id),
    ordinal integer NOT NULL,
    role text NOT NULL CHECK (role IN ('before', 'after', 'video', 'document')),
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    -- of the copy for citizens: no EXIF, plates and faces blurred; empty until it is made
    public_sha256 text NOT NULL DEFAULT '',
    UNIQUE (proof_id, ordinal)
);
CREATE INDEX proof_files_by_digest ON proof_files (region_id, sha256);

CREATE TABLE proof_checks (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    proof_id uuid NOT NULL REFERENCES proofs (id),
    -- null: the check is of the proof as a whole
    file_id uuid REFERENCES proof_files (id),
    code text NOT NULL,
    result text NOT NULL CHECK (result IN ('passed', 'flagged', 'unknown')),
    -- why, in Russian
    reason text NOT NULL,
    -- what was measured: metres, hours, bits
    measured jsonb NOT NULL DEFAULT '{}',
    checked_at timestamptz NOT NULL
);
CREATE INDEX proof_checks_of_proof ON proof_checks (proof_id);

-- Replies: one text to one person on one channel. To whom it goes stands in the appeal alone.
CREATE TABLE replies (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    appeal_id uuid NOT NULL REFERENCES appeals (id),
    kind text NOT NULL CHECK (kind IN (
        'acknowledgement', 'interim', 'question', 'final', 'extension', 'forwarding', 'refusal'
    )),
    state text NOT NULL CHECK (state IN ('drafted', 'approved', 'sent', 'failed', 'cancelled')),
    subject text NOT NULL,
    text text NOT NULL,
    -- the text as it was drafted, where a person edited it
    drafted_text text,
    template text NOT NULL,
    -- list of {code, reason}: what makes it say nothing
    flags jsonb NOT NULL DEFAULT '[]',
    -- what it was drafted of: the same cause drafts it once
    cause uuid NOT NULL,
    -- ours, stored before the first attempt to send
    message_id text NOT NULL DEFAULT '',
    drafted_at timestamptz NOT NULL,
    approved_by text NOT NULL DEFAULT '',
    approved_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    try_at timestamptz,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT '',
    cancelled_by text NOT NULL DEFAULT '',
    cancelled_at timestamptz,
    -- why a person took it back, Russian; empty where the machine did, because it was outdated
    reason text NOT NULL DEFAULT '',
    UNIQUE (appeal_id, kind, cause)
);
CREATE INDEX replies_to_send ON replies (try_at) WHERE state = 'approved';
CREATE INDEX replies_by_state ON replies (region_id, state, drafted_at);
CREATE INDEX replies_of_appeal ON replies (appeal_id, drafted_at);

CREATE TABLE reply_problems (
    reply_id uuid NOT NULL REFERENCES replies (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    region_id text NOT NULL REFERENCES regions (id),
    -- the plan, the proof or the event that the reply speaks of; the same again is not told again
    source uuid,
    PRIMARY KEY (reply_id, problem_id)
);
CREATE INDEX reply_problems_of_problem ON reply_problems (problem_id);

-- What an executor wrote for an author, as hashes alone: a wording used for many problems says nothing of any of them.
CREATE TABLE reply_wordings (
    -- the plan or the proof whose words these are
    source uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    -- MinHash of the wording, and its bands: two wordings that share a band are compared
    signature integer[] NOT NULL,
    bands bigint[] NOT NULL,
    written_at timestamptz NOT NULL
);
CREATE INDEX reply_wordings_by_band ON reply_wordings USING gin (bands);
CREATE INDEX reply_wordings_of_problem ON reply_wordings (problem_id);

-- The e-mail with a reply that was published on the citizen's page, where he left an address in the form.
CREATE TABLE reply_copies (
    -- the reply
    id uuid PRIMARY KEY REFERENCES replies (id),
    region_id text NOT NULL REFERENCES regions (id),
    state text NOT NULL CHECK (state IN ('approved', 'sent', 'failed', 'cancelled')),
    message_id text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    try_at timestamptz,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT ''
);
CREATE INDEX reply_copies_to_send ON reply_copies (try_at) WHERE state = 'approved';
CREATE INDEX reply_copies_by_state ON reply_copies (region_id, state);

-- What the author answered to the question of a plan.
CREATE TABLE clarifications (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    plan_id uuid NOT NULL UNIQUE REFERENCES plans (id),
    words text NOT NULL,
    given_at timestamptz NOT NULL
);
CREATE INDEX clarifications_of_problem ON clarifications (problem_id, given_at);

-- What the author says of a solution; one a stage: a problem that was reopened is judged again.
CREATE TABLE verdicts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    stage integer NOT NULL,
    score smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    solved boolean NOT NULL,
    words text NOT NULL DEFAULT '',
    -- a photo, by its digest; empty: none
    photo_sha256 text NOT NULL DEFAULT '',
    photo_media_type text NOT NULL DEFAULT '',
    via text NOT NULL CHECK (via IN ('link', 'page', 'operator')),
    given_at timestamptz NOT NULL,
    -- the operator's login, where he wrote it down
    given_by text NOT NULL DEFAULT '',
    UNIQUE (problem_id, stage)
);
CREATE INDEX verdicts_by_time ON verdicts (region_id, given_at DESC, id);

-- Distinct people (nlp/authors.py): a number stands for a person and tells nothing of him.
CREATE TABLE author_keys (
    region_id text NOT NULL REFERENCES regions (id),
    -- a digest of how an author is known again: by e-mail, phone, account; of who has none by name or by his words
    key uuid NOT NULL,
    author uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, key)
);

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
    accepted_at timestamptz NOT NULL,
    -- the day, in the region's time zone, on which its author wrote
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
    changed_at timestamptz NOT NULL,
    -- in how many appeals its author wrote of the like in the 90 days before
    earlier smallint NOT NULL DEFAULT 0,
    -- when its author wrote; null for facts counted before events said it: as accepted
    wrote_at timestamptz,
    -- a number that stands for who wrote; null: nothing tells, or its event is older than this
    author uuid,
    -- how many days he was known then; null: nobody knows him again
    known_days smallint,
    -- a value of models.regimes.Identity; empty: its event is older than this
    identity text NOT NULL DEFAULT '',
    -- the body he works in; empty: none that is known
    staff text NOT NULL DEFAULT ''
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

-- Forecasts and letters (docs/forecast.md, docs/reports.md). One forecast a region and week, kept to be judged later.
CREATE TABLE forecasts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    -- the Monday of the first week that is foretold
    first_week date NOT NULL,
    made_at timestamptz NOT NULL,
    -- indicators.forecast.model.MODEL
    model text NOT NULL,
    -- of how many whole weeks it was made
    weeks_known integer NOT NULL,
    -- how forecasts from earlier weeks did beside the naive guess; empty: too few weeks to judge
    backtest jsonb NOT NULL,
    UNIQUE (region_id, first_week)
);

CREATE TABLE forecast_rows (
    forecast_id uuid NOT NULL REFERENCES forecasts (id),
    ordinal integer NOT NULL,
    region_id text NOT NULL REFERENCES regions (id),
    -- empty: all
    group_name text NOT NULL,
    municipality text NOT NULL,
    -- what is shown: the model where it was better in the past, else the naive guess
    method text NOT NULL CHECK (method IN ('model', 'last_year', 'recent')),
    -- errors of both in the past (WAPE); null: not judged
    wape real,
    naive_wape real,
    -- list of {week, mean, low95, low80, middle, high80, high95, naive, optimistic, base, pessimistic}
    weeks jsonb NOT NULL,
    PRIMARY KEY (forecast_id, ordinal),
    UNIQUE (forecast_id, group_name, municipality)
);

-- The head's letter about one week: what it says, from which its page, e-mail and PDF are made.
CREATE TABLE letters (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    -- the Monday of the week that it is about
    week date NOT NULL,
    made_at timestamptz NOT NULL,
    content jsonb NOT NULL,
    UNIQUE (region_id, week)
);

-- One row a letter and a person it goes to: nobody gets it twice.
CREATE TABLE letter_mails (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    letter_id uuid NOT NULL REFERENCES letters (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT '',
    UNIQUE (letter_id, executor_id)
);
CREATE INDEX letter_mails_to_try ON letter_mails (try_at) WHERE state = 'waiting';

-- What each problem adds to the account of each executor who had it, by day (indicators.work, docs/ratings.md), in
-- thousandths of a problem. Derived from problem_facts and problem_terms alone.
CREATE TABLE executor_work (
    problem_id uuid NOT NULL,
    executor text NOT NULL,
    -- the unit or person of the executor who had it; empty: nobody was named
    handler text NOT NULL,
    municipality text NOT NULL,
    topic text NOT NULL,
    -- in the region's time zone
    day date NOT NULL,
    region_id text NOT NULL,
    appeal_id uuid NOT NULL,
    received integer NOT NULL,
    plans integer NOT NULL,
    plans_late integer NOT NULL,
    terms integer NOT NULL,
    terms_late integer NOT NULL,
    solved integer NOT NULL,
    explained integer NOT NULL,
    speeds integer NOT NULL,
    speed_total integer NOT NULL,
    speed_squares integer NOT NULL,
    verdicts integer NOT NULL,
    score_total integer NOT NULL,
    score_squares integer NOT NULL,
    unsolved integer NOT NULL,
    reopened integer NOT NULL,
    reports integer NOT NULL,
    flagged integer NOT NULL,
    replies integer NOT NULL,
    formal integer NOT NULL,
    refused integer NOT NULL,
    refused_wrongly integer NOT NULL,
    opened integer NOT NULL,
    overdue integer NOT NULL,
    -- once more: of clean problems, of the others, and of clean ones whose author was new (indicators.work)
    clean_solved integer NOT NULL DEFAULT 0,
    clean_verdicts integer NOT NULL DEFAULT 0,
    stained integer NOT NULL DEFAULT 0,
    stained_new integer NOT NULL DEFAULT 0,
    fresh_received integer NOT NULL DEFAULT 0,
    fresh_plans integer NOT NULL DEFAULT 0,
    fresh_terms integer NOT NULL DEFAULT 0,
    fresh_solved integer NOT NULL DEFAULT 0,
    fresh_speeds integer NOT NULL DEFAULT 0,
    fresh_speed_total integer NOT NULL DEFAULT 0,
    fresh_speed_squares integer NOT NULL DEFAULT 0,
    fresh_verdicts integer NOT NULL DEFAULT 0,
    fresh_score_total integer NOT NULL DEFAULT 0,
    fresh_score_squares integer NOT NULL DEFAULT 0,
    fresh_reports integer NOT NULL DEFAULT 0,
    fresh_replies integer NOT NULL DEFAULT 0,
    PRIMARY KEY (problem_id, executor, handler, municipality, topic, day)
);
CREATE INDEX executor_work_of_appeal ON executor_work (appeal_id);
CREATE INDEX executor_work_by_day ON executor_work (region_id, day);
CREATE INDEX executor_work_by_executor ON executor_work (region_id, executor, day);

-- Its sums by month. Rows are only ever added to.
CREATE TABLE executor_months (
    region_id text NOT NULL,
    -- the month's first day
    month date NOT NULL,
    executor text NOT NULL,
    handler text NOT NULL,
    municipality text NOT NULL,
    topic text NOT NULL,
    -- the transaction that changed it last: who has the sums in memory reads those that changed since
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    received bigint NOT NULL,
    plans bigint NOT NULL,
    plans_late bigint NOT NULL,
    terms bigint NOT NULL,
    terms_late bigint NOT NULL,
    solved bigint NOT NULL,
    explained bigint NOT NULL,
    speeds bigint NOT NULL,
    speed_total bigint NOT NULL,
    speed_squares bigint NOT NULL,
    verdicts bigint NOT NULL,
    score_total bigint NOT NULL,
    score_squares bigint NOT NULL,
    unsolved bigint NOT NULL,
    reopened bigint NOT NULL,
    reports bigint NOT NULL,
    flagged bigint NOT NULL,
    replies bigint NOT NULL,
    formal bigint NOT NULL,
    refused bigint NOT NULL,
    refused_wrongly bigint NOT NULL,
    opened bigint NOT NULL,
    overdue bigint NOT NULL,
    -- once more: of clean problems, of the others, and of clean ones whose author was new (indicators.work)
    clean_solved bigint NOT NULL DEFAULT 0,
    clean_verdicts bigint NOT NULL DEFAULT 0,
    stained bigint NOT NULL DEFAULT 0,
    stained_new bigint NOT NULL DEFAULT 0,
    fresh_received bigint NOT NULL DEFAULT 0,
    fresh_plans bigint NOT NULL DEFAULT 0,
    fresh_terms bigint NOT NULL DEFAULT 0,
    fresh_solved bigint NOT NULL DEFAULT 0,
    fresh_speeds bigint NOT NULL DEFAULT 0,
    fresh_speed_total bigint NOT NULL DEFAULT 0,
    fresh_speed_squares bigint NOT NULL DEFAULT 0,
    fresh_verdicts bigint NOT NULL DEFAULT 0,
    fresh_score_total bigint NOT NULL DEFAULT 0,
    fresh_score_squares bigint NOT NULL DEFAULT 0,
    fresh_reports bigint NOT NULL DEFAULT 0,
    fresh_replies bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (region_id, executor, handler, municipality, topic, month)
) WITH (fillfactor = 80);
CREATE INDEX executor_months_changed ON executor_months (region_id, changed);

-- The heat map (docs/heat.md): counts of problem_facts by month, kept by the stage that writes the facts.
-- A group of topics by number, so that a million rows need not carry its name; the empty name is all topics together.
CREATE TABLE heat_groups (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region_id text NOT NULL,
    name text NOT NULL,
    UNIQUE (region_id, name)
);

-- One row a group, month and H3 cell of resolution 5 to 9. Merged and dismissed problems are not counted.
CREATE TABLE heat_counts (
    group_id integer NOT NULL REFERENCES heat_groups (id),
    resolution smallint NOT NULL,
    month date NOT NULL,
    cell bigint NOT NULL,
    region_id text NOT NULL,
    -- problems by what became of them
    open integer NOT NULL,
    solved integer NOT NULL,
    answered integer NOT NULL,
    -- of servers before people were counted when asked for; not written any more
    people_open integer NOT NULL DEFAULT 0,
    people_closed integer NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, resolution, month, cell)
) WITH (fillfactor = 90);

-- the same by municipality; the empty name: not known
CREATE TABLE heat_areas (
    group_id integer NOT NULL REFERENCES heat_groups (id),
    month date NOT NULL,
    municipality text NOT NULL,
    region_id text NOT NULL,
    open integer NOT NULL,
    solved integer NOT NULL,
    answered integer NOT NULL,
    people_open integer NOT NULL DEFAULT 0,
    people_closed integer NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, month, municipality)
) WITH (fillfactor = 90);

-- days at the edges of a period, and single topics, are counted from the facts
CREATE INDEX problem_facts_by_topic ON problem_facts (region_id, topic, day);

-- Hot spots (docs/heat.md): where problems came more often than usual. What was found when stays, whatever came later.
CREATE TABLE hot_spot_runs (
    id uuid PRIMARY KEY,
    region_id text NOT NULL,
    -- the last day that was looked at, the region's own
    day date NOT NULL,
    ran_at timestamptz NOT NULL,
    seconds real NOT NULL,
    found integer NOT NULL,
    UNIQUE (region_id, day)
);

CREATE TABLE hot_spots (
    id uuid PRIMARY KEY,
    region_id text NOT NULL,
    -- the empty name: all topics together
    group_name text NOT NULL,
    method text NOT NULL CHECK (method IN ('scan', 'gi')),
    -- as it stood at the last run that found it: its H3 cells, its days, how many appeals came, each once, and how many are usual
    cells bigint[] NOT NULL,
    municipality text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    appeals integer NOT NULL,
    expected real NOT NULL,
    -- of chance alone: of the greatest cluster (scan), or as a share of false discoveries (gi)
    probability real NOT NULL,
    found_on date NOT NULL,
    seen_on date NOT NULL,
    -- the first run that did not find it any more
    ended_on date
);
CREATE INDEX hot_spots_by_time ON hot_spots (region_id, seen_on DESC, id);

-- how a hot spot grew and fell: one row a run that found it
CREATE TABLE hot_spot_days (
    hot_spot_id uuid NOT NULL REFERENCES hot_spots (id) ON DELETE CASCADE,
    day date NOT NULL,
    region_id text NOT NULL,
    appeals integer NOT NULL,
    expected real NOT NULL,
    probability real NOT NULL,
    PRIMARY KEY (hot_spot_id, day)
);

-- What photos of a region are found again by: proofs and citizens' photos alike, one row a file.
CREATE TABLE photo_prints (
    region_id text NOT NULL REFERENCES regions (id),
    sha256 text NOT NULL,
    -- numbers of points of the picture (resolution/photos/prints.py); a copy of the photo has some of them too
    keys integer[] NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, sha256)
);
-- a search must not wait for a list of what is not yet sorted in
CREATE INDEX photo_prints_by_key ON photo_prints USING gin (keys) WITH (fastupdate = off);

CREATE INDEX attachments_by_digest ON attachments (region_id, sha256);
CREATE INDEX verdicts_by_photo ON verdicts (region_id, photo_sha256) WHERE photo_sha256 <> '';

-- the problems of a cell of the map, or of a hot spot: descendants of a cell are one run of texts
CREATE INDEX problem_facts_by_cell ON problem_facts (region_id, cell COLLATE "C");
