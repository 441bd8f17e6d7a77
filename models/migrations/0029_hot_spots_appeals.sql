-- a hot spot counts appeals, each once, so that one person who names ten problems heats no cell
ALTER TABLE hot_spots RENAME COLUMN problems TO appeals;
ALTER TABLE hot_spot_days RENAME COLUMN problems TO appeals;
