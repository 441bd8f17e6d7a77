-- When the author wrote: a year of appeals imported in one day is a year on the map and for the forecast, not a day.
-- Null for facts that were counted before their events said it: as accepted.
ALTER TABLE problem_facts ADD COLUMN wrote_at timestamptz;
