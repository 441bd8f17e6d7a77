-- Forecasts and letters (docs/forecast.md, docs/reports.md). One forecast a region and week, kept to be judged later.
CREATE TABLE forecasts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    -- the Monday of the first week that is foretold
    first_week date NOT NULL,
    made_at timestamptz NOT NULL,
    -- indicators.forecast.model.MODEL
    model text NOT NULL,
    -- of how many whole weeks it was made
    weeks_known integer NOT NULL,
    -- how forecasts from earlier weeks did beside the naive guess; empty: too few weeks to judge
    backtest jsonb NOT NULL,
    UNIQUE (region_id, first_week)
);

CREATE TABLE forecast_rows (
    forecast_id uuid NOT NULL REFERENCES forecasts (id),
    ordinal integer NOT NULL,
    region_id text NOT NULL REFERENCES regions (id),
    -- empty: all
    group_name text NOT NULL,
    municipality text NOT NULL,
    -- what is shown: the model where it was better in the past, else the naive guess
    method text NOT NULL CHECK (method IN ('model', 'last_year', 'last_week')),
    -- errors of both in the past (WAPE); null: not judged
    wape real,
    naive_wape real,
    -- list of {week, mean, low95, low80, middle, high80, high95, naive, optimistic, base, pessimistic}
    weeks jsonb NOT NULL,
    PRIMARY KEY (forecast_id, ordinal),
    UNIQUE (forecast_id, group_name, municipality)
);

-- The head's letter about one week: what it says, from which its page, e-mail and PDF are made.
CREATE TABLE letters (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    -- the Monday of the week that it is about
    week date NOT NULL,
    made_at timestamptz NOT NULL,
    content jsonb NOT NULL,
    UNIQUE (region_id, week)
);

-- One row a letter and a person it goes to: nobody gets it twice.
CREATE TABLE letter_mails (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    letter_id uuid NOT NULL REFERENCES letters (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT '',
    UNIQUE (letter_id, executor_id)
);
CREATE INDEX letter_mails_to_try ON letter_mails (try_at) WHERE state = 'waiting';
