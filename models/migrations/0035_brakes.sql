-- How often somebody did what everybody may: nothing here outlives a crash, and nothing is written to the log for it.
CREATE UNLOGGED TABLE brakes (
    -- a signature of what is counted: no address, no telephone and no login stands here
    key text PRIMARY KEY,
    let_go_at timestamptz NOT NULL
);
CREATE INDEX brakes_by_end ON brakes (let_go_at);
