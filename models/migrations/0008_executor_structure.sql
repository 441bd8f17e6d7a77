-- Executors are bodies, their units and the persons in them (docs/routing.md). Days are the region's own; both ends count.
ALTER TABLE executors
    ADD COLUMN short_name text NOT NULL DEFAULT '',
    -- set for the administration of that municipality
    ADD COLUMN municipality text NOT NULL DEFAULT '',
    -- the person who heads a body or a unit
    ADD COLUMN head_id uuid REFERENCES executors (id),
    -- a person's post, and where notices to him go
    ADD COLUMN post text NOT NULL DEFAULT '',
    ADD COLUMN email text NOT NULL DEFAULT '',
    -- open problems, weighted by urgency, that a person can carry; null: not said
    ADD COLUMN capacity integer CHECK (capacity > 0),
    ADD COLUMN valid_from date,
    ADD COLUMN valid_to date,
    -- a renewed pack leaves alone what a person of the server imported
    ADD COLUMN origin text NOT NULL DEFAULT 'pack' CHECK (origin IN ('pack', 'import'));

-- who stands in for a person, in the order in which they are asked
CREATE TABLE deputies (
    executor_id uuid NOT NULL REFERENCES executors (id),
    ordinal integer NOT NULL,
    deputy_id uuid NOT NULL REFERENCES executors (id),
    region_id text NOT NULL REFERENCES regions (id),
    PRIMARY KEY (executor_id, ordinal)
);

CREATE TABLE absences (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    -- who stands in this time; null: the deputies in their order
    deputy_id uuid REFERENCES executors (id),
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX absences_of_executor ON absences (executor_id, last_day);

-- The decision table of a region whose officials imported their own; without a row here the pack's file holds.
CREATE TABLE competences (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    topic text NOT NULL,
    municipality text NOT NULL,
    property text NOT NULL,
    executor text NOT NULL,
    machine boolean NOT NULL,
    basis text NOT NULL,
    valid_from date,
    valid_to date
);
CREATE INDEX competences_of_region ON competences (region_id);

-- what was imported when: the greatest id of a region tells a worker that its table in memory is old
CREATE TABLE executor_imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    file_name text NOT NULL,
    file_sha256 text NOT NULL,
    changes jsonb NOT NULL,
    done_at timestamptz NOT NULL
);
CREATE INDEX executor_imports_of_region ON executor_imports (region_id, id);

-- the unit or the person of the executor who does it; null: the executor gives it to somebody himself
ALTER TABLE assignments ADD COLUMN handler_id uuid REFERENCES executors (id);
CREATE INDEX assignments_of_handler ON assignments (handler_id) WHERE ended_at IS NULL AND handler_id IS NOT NULL;
