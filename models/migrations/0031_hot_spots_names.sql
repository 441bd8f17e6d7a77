-- PostgreSQL 18 names the NOT NULL of a column, and keeps the name where the column is renamed; older servers name none.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'hot_spots_problems_not_null') THEN
        ALTER TABLE hot_spots RENAME CONSTRAINT hot_spots_problems_not_null TO hot_spots_appeals_not_null;
    END IF;
    IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'hot_spot_days_problems_not_null') THEN
        ALTER TABLE hot_spot_days RENAME CONSTRAINT hot_spot_days_problems_not_null TO hot_spot_days_appeals_not_null;
    END IF;
END
$$;
