-- The keys of incidents belong to a region like every other row.
ALTER TABLE incident_keys ADD COLUMN region_id text;
UPDATE incident_keys k SET region_id = p.region_id FROM problems p WHERE p.id = k.problem_id;
ALTER TABLE incident_keys ALTER COLUMN region_id SET NOT NULL;
