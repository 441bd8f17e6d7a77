-- Notices also tell of tasks (a co-executor's answer, an instruction, a control point) and of problems that were opened again.
ALTER TABLE notices ALTER COLUMN clock_id DROP NOT NULL;
ALTER TABLE notices ADD COLUMN task_id uuid REFERENCES task_clocks (id) ON DELETE CASCADE;
-- set where a problem was opened again
ALTER TABLE notices ADD COLUMN problem_id uuid REFERENCES problems (id) ON DELETE CASCADE;
ALTER TABLE notices ADD CONSTRAINT notices_subject CHECK (num_nonnulls(clock_id, task_id, problem_id) = 1);
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check
    CHECK (kind IN ('warned', 'breached', 'escalated', 'reopened'));
