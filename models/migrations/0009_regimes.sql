-- By which order an appeal is considered, and how sure it is who wrote it; what came before was a portal message.
ALTER TABLE appeals ADD COLUMN identity text NOT NULL DEFAULT 'stated'
    CHECK (identity IN ('none', 'stated', 'confirmed'));
ALTER TABLE appeals ADD COLUMN regime text NOT NULL DEFAULT 'portal'
    CHECK (regime IN ('fz59', 'platform', 'open_sources', 'portal'));

-- What a clock must remember to go on: its regime, topic, importance, stage, pauses and extension.
ALTER TABLE clocks ADD COLUMN regime text NOT NULL DEFAULT 'portal';
ALTER TABLE clocks ADD COLUMN topic text NOT NULL DEFAULT '';
ALTER TABLE clocks ADD COLUMN important boolean NOT NULL DEFAULT false;
ALTER TABLE clocks ADD COLUMN stage text NOT NULL DEFAULT 'first';
ALTER TABLE clocks ADD COLUMN pauses jsonb NOT NULL DEFAULT '[]';
ALTER TABLE clocks ADD COLUMN extended_at timestamptz;
UPDATE clocks SET topic = told.topic
FROM (
    SELECT DISTINCT ON (event->'data'->>'problem_id') (event->'data'->>'problem_id')::uuid AS problem_id,
           event->'data'->>'topic' AS topic
    FROM stream_events
    WHERE stream = 'problems' AND event->>'type' IN ('problem.found', 'problem.corrected')
    ORDER BY event->'data'->>'problem_id', position DESC
) told
WHERE told.problem_id = clocks.problem_id AND clocks.kind = 'solve';

ALTER TABLE clocks DROP CONSTRAINT clocks_kind_check;
ALTER TABLE clocks ADD CONSTRAINT clocks_kind_check
    CHECK (kind IN ('route', 'plan', 'solve', 'work', 'registration', 'forwarding'));
