-- Texts of replies: of what a reply speaks, why a person took it back, and wordings that were used before.

ALTER TABLE reply_problems
    -- the plan, the proof or the event that the reply speaks of; the same again is not told again
    ADD COLUMN source uuid;

ALTER TABLE replies
    ADD COLUMN cancelled_by text NOT NULL DEFAULT '',
    ADD COLUMN cancelled_at timestamptz,
    -- why a person took it back, Russian; empty where the machine did, because it was outdated
    ADD COLUMN reason text NOT NULL DEFAULT '';

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
