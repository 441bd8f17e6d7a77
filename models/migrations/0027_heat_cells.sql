-- the problems of a cell of the map, or of a hot spot: descendants of a cell are one run of texts
CREATE INDEX problem_facts_by_cell ON problem_facts (region_id, cell COLLATE "C");
