-- Steps that were worked out ahead are told by portions: one row taken away tells many. Nothing was told of what stands
-- there now, so it goes back.
UPDATE timers SET reached = s.reached, due_at = s.due_at
    FROM steps_ahead s JOIN steps_to_tell USING (clock_id) WHERE s.clock_id = timers.clock_id;
DELETE FROM notices n USING steps_ahead s JOIN steps_to_tell USING (clock_id)
    WHERE n.clock_id = s.clock_id AND n.course = s.course AND n.step = s.step AND n.state = 'waiting';
DELETE FROM steps_ahead;
DROP TABLE steps_to_tell;

-- A portion stands here until it is told: its moment, the partition of the stream of clocks, and a signature of the day
-- and the staff by which its notices were made.
CREATE TABLE step_portions (
    id uuid PRIMARY KEY,
    partition integer NOT NULL,
    due_at timestamptz NOT NULL,
    region_id text NOT NULL,
    version text NOT NULL,
    basis text NOT NULL
);
CREATE INDEX step_portions_due ON step_portions (partition, due_at);
ALTER TABLE steps_ahead DROP COLUMN executor_id, DROP COLUMN handler_id, ADD COLUMN portion_id uuid NOT NULL;
CREATE INDEX steps_ahead_of_portion ON steps_ahead (portion_id);
CREATE INDEX steps_ahead_of_problem ON steps_ahead (problem_id);

-- Portions with a step of a problem that was given to somebody else since. Rows are added only: nobody waits for another.
CREATE TABLE portions_overtaken (
    portion_id uuid NOT NULL
);
CREATE FUNCTION overtake_portions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portions_overtaken (portion_id)
        SELECT s.portion_id FROM changed JOIN steps_ahead s ON s.problem_id = changed.problem_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER portions_overtaken_by_assignment AFTER INSERT ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION overtake_portions();
CREATE TRIGGER portions_overtaken_by_change AFTER UPDATE ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION overtake_portions();

-- Room to note a warning or a breach on the clock's own page, without a new entry in each index.
ALTER TABLE clocks SET (fillfactor = 85);
