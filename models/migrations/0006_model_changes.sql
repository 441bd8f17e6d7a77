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
