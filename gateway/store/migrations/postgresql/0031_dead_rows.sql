-- By default a table is cleaned once a fifth of its rows is dead: of ten years' history that is millions of rows, whose room nothing new can use.
ALTER TABLE requests SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE history SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE register SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE register_words SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE register_numbers SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE facts SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE effects SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- By what the tasks are found that go with a bill.
CREATE INDEX tasks_about ON tasks (about) WHERE about IS NOT NULL;
