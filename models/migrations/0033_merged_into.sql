-- Who was merged into a problem is asked whenever one is closed or opened again: his author is told too.
CREATE INDEX problems_merged ON problems (merged_into) WHERE merged_into IS NOT NULL;
