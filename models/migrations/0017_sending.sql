-- Sending of replies: copies by e-mail, erased authors; what an author answered to an executor's question.

-- when everything personal of the author was erased: no reply can reach him any more
ALTER TABLE appeals ADD COLUMN erased_at timestamptz;

-- The e-mail with a reply that was published on the citizen's page, where he left an address in the form.
CREATE TABLE reply_copies (
    -- the reply
    id uuid PRIMARY KEY REFERENCES replies (id),
    region_id text NOT NULL REFERENCES regions (id),
    state text NOT NULL CHECK (state IN ('approved', 'sent', 'failed', 'cancelled')),
    message_id text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    try_at timestamptz,
    sent_at timestamptz,
    -- why the last attempt failed; never an address
    error text NOT NULL DEFAULT ''
);
CREATE INDEX reply_copies_to_send ON reply_copies (try_at) WHERE state = 'approved';
CREATE INDEX reply_copies_by_state ON reply_copies (region_id, state);

-- What the author answered to the question of a plan.
CREATE TABLE clarifications (
    id uuid PRIMARY KEY,
    region_id text NOT NULL REFERENCES regions (id),
    problem_id uuid NOT NULL REFERENCES problems (id),
    plan_id uuid NOT NULL UNIQUE REFERENCES plans (id),
    words text NOT NULL,
    given_at timestamptz NOT NULL
);
CREATE INDEX clarifications_of_problem ON clarifications (problem_id, given_at);
