-- The sums of one executor are read anew after each event of his: his name goes before the month.
ALTER TABLE executor_months DROP CONSTRAINT executor_months_pkey;
ALTER TABLE executor_months ADD PRIMARY KEY (region_id, executor, handler, municipality, topic, month);
