-- Clocks of problems that were opened again before 0034 did not say when: an answer that was on its way then would stop
-- them, and `otklik verify` called each of them different. A stage that began so began then; before an interim answer
-- the log tells.
UPDATE clocks SET reopened_at = started_at WHERE kind = 'solve' AND stage = 'reopened' AND reopened_at IS NULL;
UPDATE clocks SET reopened_at = told.at
FROM (
    SELECT c.id, max((e.event->>'time')::timestamptz) AS at
    FROM stream_events e JOIN clocks c ON c.problem_id = (e.event->'data'->>'problem_id')::uuid
    WHERE e.stream = 'problems' AND e.event->>'type' = 'problem.reopened'
        AND c.kind = 'solve' AND c.stage = 'interim' AND (e.event->>'time')::timestamptz <= c.started_at
    GROUP BY c.id
) told
WHERE told.id = clocks.id AND clocks.reopened_at IS NULL;

-- Every row belongs to a region, also a mark that lives for minutes.
ALTER TABLE portions_overtaken ADD COLUMN region_id text NOT NULL DEFAULT '';
CREATE OR REPLACE FUNCTION overtake_portions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portions_overtaken (portion_id, region_id)
        SELECT s.portion_id, s.region_id FROM changed JOIN steps_ahead s ON s.problem_id = changed.problem_id;
    RETURN NULL;
END
$$;
