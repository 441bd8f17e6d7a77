-- Timers and escalation (docs/escalation.md). One row a clock: which step of its ladder comes next, and when.
CREATE TABLE timers (
    clock_id uuid PRIMARY KEY REFERENCES clocks (id) ON DELETE CASCADE,
    region_id text NOT NULL REFERENCES regions (id),
    -- raised each time the deadline moves: the steps begin anew
    course integer NOT NULL,
    deadline_at timestamptz NOT NULL,
    -- the version of the region's escalation.json whose ladder this course climbs; empty: the one valid now
    version text NOT NULL,
    danger boolean NOT NULL,
    -- how many steps of the ladder lie behind
    reached smallint NOT NULL,
    -- null: the clock stands, or no step is left
    due_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX timers_due ON timers (due_at) WHERE due_at IS NOT NULL;

-- E-mails with notices: one to one person at one time, however many notices it carries.
CREATE TABLE notice_mails (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT ''
);
CREATE INDEX notice_mails_to_try ON notice_mails (try_at) WHERE state = 'waiting';
CREATE INDEX notice_mails_by_time ON notice_mails (region_id, made_at DESC, id);

-- One row a step of a clock and a person told of it; the id is made of both, so that none is told twice.
CREATE TABLE notices (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    clock_id uuid NOT NULL REFERENCES clocks (id) ON DELETE CASCADE,
    course integer NOT NULL,
    step smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('warned', 'breached', 'escalated')),
    -- of a warning: the share of the term that has run
    share real,
    level text NOT NULL CHECK (level IN ('person', 'head', 'deputy_governor', 'governor', 'operators')),
    -- null: the desk of this level, read by whoever has its role
    executor_id uuid REFERENCES executors (id),
    -- the absent person for whom this one stands in
    instead_of uuid REFERENCES executors (id),
    deadline_at timestamptz NOT NULL,
    danger boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'read', 'cancelled')),
    made_at timestamptz NOT NULL,
    -- when it may be delivered: digests and quiet hours let it wait
    send_at timestamptz NOT NULL,
    delivered_at timestamptz,
    read_at timestamptz,
    cancelled_at timestamptz,
    mail_id uuid REFERENCES notice_mails (id)
);
CREATE INDEX notices_to_deliver ON notices (send_at) WHERE state = 'waiting';
CREATE INDEX notices_waiting_of_clock ON notices (clock_id) WHERE state = 'waiting';
CREATE INDEX notices_of_executor ON notices (executor_id, delivered_at DESC, id) WHERE executor_id IS NOT NULL;
CREATE INDEX notices_of_desk ON notices (region_id, level, delivered_at DESC, id) WHERE executor_id IS NULL;
CREATE INDEX notices_of_mail ON notices (mail_id) WHERE mail_id IS NOT NULL;

-- Clocks that run when this is applied: those warned of wait for their deadline, those breached were told of already.
INSERT INTO timers (clock_id, region_id, course, deadline_at, version, danger, reached, due_at)
SELECT id, region_id, 1, deadline_at, '', danger, 0, CASE
    WHEN stopped_at IS NULL AND breached_at IS NULL AND warned_at IS NULL THEN warn_at
    WHEN stopped_at IS NULL AND breached_at IS NULL THEN deadline_at
END
FROM clocks;
