-- Time of the last event counted in: an older one that comes again changes nothing.
ALTER TABLE clocks ADD COLUMN as_of timestamptz;
UPDATE clocks SET as_of = greatest(started_at, stopped_at);
ALTER TABLE clocks ALTER COLUMN as_of SET NOT NULL;
