-- An answer that was on its way when its problem was opened again must not stop the clock that began then.
ALTER TABLE clocks ADD COLUMN reopened_at timestamptz;
-- Who does a problem is told that an operator returned his plan, report or answer.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check
    CHECK (kind IN ('warned', 'breached', 'escalated', 'reopened', 'returned'));
