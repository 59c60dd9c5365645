-- The reason of the last no of a request, by which it is taken back: the first one's stays in "reason".
ALTER TABLE facts ADD COLUMN reason_now TEXT;
