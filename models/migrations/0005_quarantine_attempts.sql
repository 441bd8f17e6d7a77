-- how often an event was put aside: a replay that fails raises it
ALTER TABLE quarantine ADD COLUMN attempts integer NOT NULL DEFAULT 1;
