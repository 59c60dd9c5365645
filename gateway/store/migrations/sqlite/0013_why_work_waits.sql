-- Why the last try of a piece of work came to nothing, in words, and since when none has worked; null where none has failed.
ALTER TABLE effects ADD COLUMN failed TEXT;
ALTER TABLE effects ADD COLUMN failing_since INTEGER;

-- Likewise for what is left alone; null where a version that knows no such thing wrote it.
ALTER TABLE backoffs ADD COLUMN words TEXT;
ALTER TABLE backoffs ADD COLUMN since INTEGER;
