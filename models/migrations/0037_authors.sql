-- Distinct people: a number stands for a person and tells nothing of him. Whoever writes from the same e-mail, phone or
-- account is the same one; the keys are digests, and taking them away leaves numbers that nobody can put a name to.
CREATE TABLE author_keys (
    region_id text NOT NULL REFERENCES regions (id),
    -- a digest of how an author is known again (nlp/authors.py)
    key uuid NOT NULL,
    author uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, key)
);

-- Who wrote, how many days he was known then (null: nobody knows him again), how sure it is who he is, and the body he
-- works in, where he does. Events before this one do not say it.
ALTER TABLE problem_facts ADD COLUMN author uuid;
ALTER TABLE problem_facts ADD COLUMN known_days smallint;
ALTER TABLE problem_facts ADD COLUMN identity text NOT NULL DEFAULT '';
ALTER TABLE problem_facts ADD COLUMN staff text NOT NULL DEFAULT '';

-- Counts once more: of clean problems (nothing in them speaks against anybody), of the others, and of clean ones whose
-- author was new.
ALTER TABLE executor_work
    ADD COLUMN clean_solved integer NOT NULL DEFAULT 0,
    ADD COLUMN clean_verdicts integer NOT NULL DEFAULT 0,
    ADD COLUMN stained integer NOT NULL DEFAULT 0,
    ADD COLUMN stained_new integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_received integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_plans integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_terms integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_solved integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speeds integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speed_total integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speed_squares integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_verdicts integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_score_total integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_score_squares integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_reports integer NOT NULL DEFAULT 0,
    ADD COLUMN fresh_replies integer NOT NULL DEFAULT 0;
ALTER TABLE executor_months
    ADD COLUMN clean_solved bigint NOT NULL DEFAULT 0,
    ADD COLUMN clean_verdicts bigint NOT NULL DEFAULT 0,
    ADD COLUMN stained bigint NOT NULL DEFAULT 0,
    ADD COLUMN stained_new bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_received bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_plans bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_terms bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_solved bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speeds bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speed_total bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_speed_squares bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_verdicts bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_score_total bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_score_squares bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_reports bigint NOT NULL DEFAULT 0,
    ADD COLUMN fresh_replies bigint NOT NULL DEFAULT 0;
