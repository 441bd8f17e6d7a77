-- Why the machine left the problem to an operator, as a code of routing.Doubt: operators asked to see it beside the guesses.

ALTER TABLE problems ADD COLUMN doubt text NOT NULL DEFAULT '';
