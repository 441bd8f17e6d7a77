-- The problem was found dangerous: a topic corrected later does not take the shorter term away.
ALTER TABLE clocks ADD COLUMN danger boolean NOT NULL DEFAULT false;
