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
