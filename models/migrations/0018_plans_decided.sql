-- An operator agrees with an explanation or returns it; one report may prove several problems of an incident.

-- of an explanation: whether an operator (or the machine, where policy lets it) agreed; null: nobody has decided
ALTER TABLE plans ADD COLUMN agreed boolean;
ALTER TABLE plans ADD COLUMN decided_by text NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN decided_at timestamptz;
ALTER TABLE plans ADD COLUMN decision text NOT NULL DEFAULT '';

-- the same for all problems of an incident that were reported together: their proofs have the same files
ALTER TABLE proofs ADD COLUMN report_id uuid;
CREATE INDEX proofs_of_report ON proofs (report_id);
