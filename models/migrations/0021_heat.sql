-- The heat map (docs/heat.md): counts of problem_facts by month, kept by the stage that writes the facts.
-- A group of topics by number, so that a million rows need not carry its name; the empty name is all topics together.
CREATE TABLE heat_groups (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region_id text NOT NULL,
    name text NOT NULL,
    UNIQUE (region_id, name)
);

-- One row a group, month and H3 cell of resolution 5 to 9. Merged and dismissed problems are not counted.
CREATE TABLE heat_counts (
    group_id integer NOT NULL REFERENCES heat_groups (id),
    resolution smallint NOT NULL,
    month date NOT NULL,
    cell bigint NOT NULL,
    region_id text NOT NULL,
    -- problems by what became of them
    open integer NOT NULL,
    solved integer NOT NULL,
    answered integer NOT NULL,
    -- appeals, each counted once a month and group, where its first problem lies: what the floor for the public is of
    people_open integer NOT NULL,
    people_closed integer NOT NULL,
    PRIMARY KEY (group_id, resolution, month, cell)
) WITH (fillfactor = 90);

-- the same by municipality; the empty name: not known
CREATE TABLE heat_areas (
    group_id integer NOT NULL REFERENCES heat_groups (id),
    month date NOT NULL,
    municipality text NOT NULL,
    region_id text NOT NULL,
    open integer NOT NULL,
    solved integer NOT NULL,
    answered integer NOT NULL,
    people_open integer NOT NULL,
    people_closed integer NOT NULL,
    PRIMARY KEY (group_id, month, municipality)
) WITH (fillfactor = 90);

-- days at the edges of a period, and single topics, are counted from the facts
CREATE INDEX problem_facts_by_topic ON problem_facts (region_id, topic, day);

-- Hot spots (docs/heat.md): where problems came more often than usual. What was found when stays, whatever came later.
CREATE TABLE hot_spot_runs (
    id uuid PRIMARY KEY,
    region_id text NOT NULL,
    -- the last day that was looked at, the region's own
    day date NOT NULL,
    ran_at timestamptz NOT NULL,
    seconds real NOT NULL,
    found integer NOT NULL,
    UNIQUE (region_id, day)
);

CREATE TABLE hot_spots (
    id uuid PRIMARY KEY,
    region_id text NOT NULL,
    -- the empty name: all topics together
    group_name text NOT NULL,
    method text NOT NULL CHECK (method IN ('scan', 'gi')),
    -- as it stood at the last run that found it: its H3 cells, its days, what came and what was usual
    cells bigint[] NOT NULL,
    municipality text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    problems integer NOT NULL,
    expected real NOT NULL,
    -- of chance alone: of the greatest cluster (scan), or as a share of false discoveries (gi)
    probability real NOT NULL,
    found_on date NOT NULL,
    seen_on date NOT NULL,
    -- the first run that did not find it any more
    ended_on date
);
CREATE INDEX hot_spots_by_time ON hot_spots (region_id, seen_on DESC, id);

-- how a hot spot grew and fell: one row a run that found it
CREATE TABLE hot_spot_days (
    hot_spot_id uuid NOT NULL REFERENCES hot_spots (id) ON DELETE CASCADE,
    day date NOT NULL,
    region_id text NOT NULL,
    problems integer NOT NULL,
    expected real NOT NULL,
    probability real NOT NULL,
    PRIMARY KEY (hot_spot_id, day)
);
