-- Timers find what is due in a table of their own: the clocks' indexes for it are gone, so that marking a clock is cheap.
DROP INDEX clocks_to_breach;
DROP INDEX clocks_to_warn;

-- an e-mail whose notices do not hold any more is not sent
ALTER TABLE notice_mails DROP CONSTRAINT notice_mails_state_check;
ALTER TABLE notice_mails ADD CONSTRAINT notice_mails_state_check
    CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled'));
-- notices that become due together go into one e-mail, also where several processes deliver
CREATE UNIQUE INDEX notice_mails_open ON notice_mails (executor_id) WHERE state = 'waiting' AND attempts = 0;
