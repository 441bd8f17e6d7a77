-- Incidents (docs/incidents.md): many problems with one cause, one job to do. Numbers are for people; gaps are allowed.
CREATE SEQUENCE incident_numbers AS bigint;

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    number bigint NOT NULL UNIQUE,
    -- a code of the region's incidents.json; empty where an operator joined what no cause there explains
    cause text NOT NULL,
    -- given by an operator; empty: the cause and the place name it
    name text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    -- the one executor, as the machine or an operator gave the whole incident away
    executor_id uuid REFERENCES executors (id),
    municipality text NOT NULL DEFAULT '',
    -- where the first problem with a point was: later ones must lie near it, so that incidents do not creep
    latitude double precision,
    longitude double precision,
    -- times of sending of the first and the last problem
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    -- 'machine' or the login of the operator
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    -- raised by one at every change by an operator, so that two of them cannot overwrite each other
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX incidents_by_time ON incidents (region_id, state, last_at DESC, id);

-- one row a stay of a problem in an incident; what was left stays as history, and the machine never joins it again
CREATE TABLE incident_problems (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    incident_id uuid NOT NULL REFERENCES incidents (id),
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    joined_by text NOT NULL,
    -- Russian, for an operator, without a word of a citizen
    reason text NOT NULL,
    score real,
    joined_at timestamptz NOT NULL,
    left_by text,
    left_at timestamptz
);
CREATE UNIQUE INDEX incident_problems_now ON incident_problems (problem_id) WHERE left_at IS NULL;
CREATE INDEX incident_problems_of_incident ON incident_problems (incident_id, joined_at);
CREATE INDEX incident_problems_of_problem ON incident_problems (problem_id);

-- «похоже на инцидент»: the machine was not sure; the operator joins or says no
CREATE TABLE incident_suggestions (
    problem_id uuid PRIMARY KEY REFERENCES problems (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    -- the incident, or where there is none the problem with which one could be opened
    incident_id uuid REFERENCES incidents (id),
    with_problem_id uuid REFERENCES problems (id) ON DELETE CASCADE,
    score real NOT NULL,
    reason text NOT NULL,
    suggested_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('joined', 'refused')),
    answered_by text,
    answered_at timestamptz
);
CREATE INDEX incident_suggestions_open ON incident_suggestions (region_id, suggested_at) WHERE answer IS NULL;

-- What a problem is found by when a later one looks for its incident: hashes of (region, cause, H3 cell or street).
CREATE TABLE incident_keys (
    key bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    problem_id uuid NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    PRIMARY KEY (key, sent_at, problem_id)
);
CREATE INDEX incident_keys_of_problem ON incident_keys (problem_id);

-- what operators did with an incident, with what stood before: undo reads it
CREATE TABLE incident_actions (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    incident_id uuid NOT NULL REFERENCES incidents (id),
    login text NOT NULL,
    kind text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    done_at timestamptz NOT NULL,
    undone_at timestamptz
);
CREATE INDEX incident_actions_of_incident ON incident_actions (incident_id, done_at);

-- How many problems of one group of topics a place had in each hour: the usual level, and what came now. A place is a
-- municipality or an H3 cell of resolution 7.
CREATE TABLE problem_counts (
    region_id text NOT NULL REFERENCES regions (id),
    group_name text NOT NULL,
    place text NOT NULL,
    hour timestamptz NOT NULL,
    problems integer NOT NULL,
    PRIMARY KEY (region_id, group_name, place, hour)
);

-- an alarm: more problems than the usual level of that place, hour and weekday explains
CREATE TABLE bursts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    group_name text NOT NULL,
    place text NOT NULL,
    municipality text NOT NULL,
    -- the window that gave the alarm, in hours, and its last problem
    hours integer NOT NULL,
    reached_at timestamptz NOT NULL,
    problems integer NOT NULL,
    expected real NOT NULL,
    -- how probable so many would be on a usual day
    probability double precision NOT NULL,
    detected_at timestamptz NOT NULL,
    UNIQUE (region_id, group_name, place, reached_at)
);
CREATE INDEX bursts_by_time ON bursts (region_id, reached_at DESC);
