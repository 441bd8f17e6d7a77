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
