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
    -- who answered for the problem when it was worked out: with another one it is worked out anew
    executor_id uuid,
    handler_id uuid,
    -- the event as it goes into the log
    key text NOT NULL,
    event jsonb NOT NULL
);
CREATE INDEX steps_ahead_due ON steps_ahead (due_at);

-- Which of them are not told yet. Telling takes the row away and puts the event into the log, nothing else: narrow rows,
-- because at the moment itself each byte counts.
CREATE TABLE steps_to_tell (
    clock_id uuid PRIMARY KEY REFERENCES clocks (id) ON DELETE CASCADE,
    step smallint NOT NULL,
    due_at timestamptz NOT NULL,
    -- of the stream of clocks
    partition integer NOT NULL,
    region_id text NOT NULL,
    version text NOT NULL,
    -- a signature of the day and the staff by which its notices were made
    basis text NOT NULL
);
CREATE INDEX steps_to_tell_due ON steps_to_tell (partition, due_at);
