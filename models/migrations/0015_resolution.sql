-- Resolution: plans, proofs with their files and checks, replies, verdicts.

ALTER TABLE problems DROP CONSTRAINT problems_state_check;
ALTER TABLE problems ADD CONSTRAINT problems_state_check CHECK (state IN (
    'found', 'queued', 'assigned', 'planned', 'reported', 'solved', 'answered', 'merged', 'dismissed'
));

-- What an executor said he would do; the last one of a problem holds, the others stay on record.
CREATE TABLE plans (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    variant text NOT NULL CHECK (variant IN ('done', 'by_date', 'programme', 'not_ours', 'more_info', 'refused')),
    -- the day on which it will be done, or the programme's last one
    due_on date,
    -- what will be done, in the executor's words for the author
    words text NOT NULL,
    -- by variant: the programme's line, the body whose it is, what is asked, the norm of the refusal
    ground text NOT NULL DEFAULT '',
    planned_by text NOT NULL,
    planned_at timestamptz NOT NULL
);
CREATE INDEX plans_of_problem ON plans (problem_id, planned_at);

CREATE TABLE proofs (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    executor_id uuid NOT NULL REFERENCES executors (id),
    state text NOT NULL CHECK (state IN ('submitted', 'checked', 'accepted', 'returned')),
    -- what was done, in the executor's words for the author
    words text NOT NULL,
    done_on date,
    submitted_by text NOT NULL,
    submitted_at timestamptz NOT NULL,
    checked_at timestamptz,
    -- 'machine' or the operator's login
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    decision text NOT NULL DEFAULT '',
    -- codes of the flags that an operator found right
    confirmed_flags jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX proofs_of_problem ON proofs (problem_id, submitted_at);
CREATE INDEX proofs_by_state ON proofs (region_id, state, submitted_at);

CREATE TABLE proof_files (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    proof_id uuid NOT NULL REFERENCES proofs (id),
    ordinal integer NOT NULL,
    role text NOT NULL CHECK (role IN ('before', 'after', 'video', 'document')),
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    -- of the copy for citizens: no EXIF, plates and faces blurred; empty until it is made
    public_sha256 text NOT NULL DEFAULT '',
    UNIQUE (proof_id, ordinal)
);
CREATE INDEX proof_files_by_digest ON proof_files (region_id, sha256);

CREATE TABLE proof_checks (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    proof_id uuid NOT NULL REFERENCES proofs (id),
    -- null: the check is of the proof as a whole
    file_id uuid REFERENCES proof_files (id),
    code text NOT NULL,
    result text NOT NULL CHECK (result IN ('passed', 'flagged', 'unknown')),
    -- why, in Russian
    reason text NOT NULL,
    -- what was measured: metres, hours, bits
    measured jsonb NOT NULL DEFAULT '{}',
    checked_at timestamptz NOT NULL
);
CREATE INDEX proof_checks_of_proof ON proof_checks (proof_id);

-- Replies: one text to one person on one channel. To whom it goes stands in the appeal alone.
CREATE TABLE replies (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    appeal_id uuid NOT NULL REFERENCES appeals (id),
    kind text NOT NULL CHECK (kind IN (
        'acknowledgement', 'interim', 'question', 'final', 'extension', 'forwarding', 'refusal'
    )),
    state text NOT NULL CHECK (state IN ('drafted', 'approved', 'sent', 'failed', 'cancelled')),
    subject text NOT NULL,
    text text NOT NULL,
    -- the text as it was drafted, where a person edited it
    drafted_text text,
    template text NOT NULL,
    -- list of {code, reason}: what makes it say nothing
    flags jsonb NOT NULL DEFAULT '[]',
    -- what it was drafted of: the same cause drafts it once
    cause uuid NOT NULL,
    -- ours, stored before the first attempt to send
    message_id text NOT NULL DEFAULT '',
    drafted_at timestamptz NOT NULL,
    approved_by text NOT NULL DEFAULT '',
    approved_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    try_at timestamptz,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT '',
    UNIQUE (appeal_id, kind, cause)
);
CREATE INDEX replies_to_send ON replies (try_at) WHERE state = 'approved';
CREATE INDEX replies_by_state ON replies (region_id, state, drafted_at);
CREATE INDEX replies_of_appeal ON replies (appeal_id, drafted_at);

CREATE TABLE reply_problems (
    reply_id uuid NOT NULL REFERENCES replies (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    region_id text NOT NULL REFERENCES regions (id),
    PRIMARY KEY (reply_id, problem_id)
);
CREATE INDEX reply_problems_of_problem ON reply_problems (problem_id);

-- What the author says of a solution; one a stage: a problem that was reopened is judged again.
CREATE TABLE verdicts (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    stage integer NOT NULL,
    score smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    solved boolean NOT NULL,
    words text NOT NULL DEFAULT '',
    -- a photo, by its digest; empty: none
    photo_sha256 text NOT NULL DEFAULT '',
    photo_media_type text NOT NULL DEFAULT '',
    via text NOT NULL CHECK (via IN ('link', 'page', 'operator')),
    given_at timestamptz NOT NULL,
    UNIQUE (problem_id, stage)
);
