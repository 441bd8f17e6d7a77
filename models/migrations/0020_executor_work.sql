-- What each problem adds to the account of each executor who had it, by day (indicators.work, docs/ratings.md), in
-- thousandths of a problem. Derived from problem_facts and problem_terms alone.
CREATE TABLE executor_work (
    problem_id uuid NOT NULL,
    executor text NOT NULL,
    -- the unit or person of the executor who had it; empty: nobody was named
    handler text NOT NULL,
    municipality text NOT NULL,
    topic text NOT NULL,
    -- in the region's time zone
    day date NOT NULL,
    region_id text NOT NULL,
    appeal_id uuid NOT NULL,
    received integer NOT NULL,
    plans integer NOT NULL,
    plans_late integer NOT NULL,
    terms integer NOT NULL,
    terms_late integer NOT NULL,
    solved integer NOT NULL,
    explained integer NOT NULL,
    speeds integer NOT NULL,
    speed_total integer NOT NULL,
    speed_squares integer NOT NULL,
    verdicts integer NOT NULL,
    score_total integer NOT NULL,
    score_squares integer NOT NULL,
    unsolved integer NOT NULL,
    reopened integer NOT NULL,
    reports integer NOT NULL,
    flagged integer NOT NULL,
    replies integer NOT NULL,
    formal integer NOT NULL,
    refused integer NOT NULL,
    refused_wrongly integer NOT NULL,
    opened integer NOT NULL,
    overdue integer NOT NULL,
    PRIMARY KEY (problem_id, executor, handler, municipality, topic, day)
);
CREATE INDEX executor_work_of_appeal ON executor_work (appeal_id);
CREATE INDEX executor_work_by_day ON executor_work (region_id, day);
CREATE INDEX executor_work_by_executor ON executor_work (region_id, executor, day);

-- Its sums by month. Rows are only ever added to.
CREATE TABLE executor_months (
    region_id text NOT NULL,
    -- the month's first day
    month date NOT NULL,
    executor text NOT NULL,
    handler text NOT NULL,
    municipality text NOT NULL,
    topic text NOT NULL,
    -- the transaction that changed it last: who has the sums in memory reads those that changed since
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    received bigint NOT NULL,
    plans bigint NOT NULL,
    plans_late bigint NOT NULL,
    terms bigint NOT NULL,
    terms_late bigint NOT NULL,
    solved bigint NOT NULL,
    explained bigint NOT NULL,
    speeds bigint NOT NULL,
    speed_total bigint NOT NULL,
    speed_squares bigint NOT NULL,
    verdicts bigint NOT NULL,
    score_total bigint NOT NULL,
    score_squares bigint NOT NULL,
    unsolved bigint NOT NULL,
    reopened bigint NOT NULL,
    reports bigint NOT NULL,
    flagged bigint NOT NULL,
    replies bigint NOT NULL,
    formal bigint NOT NULL,
    refused bigint NOT NULL,
    refused_wrongly bigint NOT NULL,
    opened bigint NOT NULL,
    overdue bigint NOT NULL,
    PRIMARY KEY (region_id, month, executor, handler, municipality, topic)
) WITH (fillfactor = 80);
CREATE INDEX executor_months_changed ON executor_months (region_id, changed);
