-- Who wrote a verdict down that came by phone or letter; lists of verdicts by time.
ALTER TABLE verdicts ADD COLUMN given_by text NOT NULL DEFAULT '';
CREATE INDEX verdicts_by_time ON verdicts (region_id, given_at DESC, id);
