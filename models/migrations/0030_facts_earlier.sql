-- In how many appeals the author of a problem wrote of the like in the 90 days before: ratings weigh by it.
ALTER TABLE problem_facts ADD COLUMN earlier smallint NOT NULL DEFAULT 0;
