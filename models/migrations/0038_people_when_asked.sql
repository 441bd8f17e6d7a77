-- People are counted when the public's map is asked for, from the facts: one person may have written several appeals,
-- whose events are counted side by side. The counts kept of appeals are written no more.
ALTER TABLE heat_counts ALTER COLUMN people_open SET DEFAULT 0;
ALTER TABLE heat_counts ALTER COLUMN people_closed SET DEFAULT 0;
ALTER TABLE heat_areas ALTER COLUMN people_open SET DEFAULT 0;
ALTER TABLE heat_areas ALTER COLUMN people_closed SET DEFAULT 0;
