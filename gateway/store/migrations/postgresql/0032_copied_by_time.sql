-- When a copy was asked for, so that a year's copies are found among those of ten. Without it: written by a gateway of the version before.
ALTER TABLE copied ADD COLUMN asked_at BIGINT;
UPDATE copied SET asked_at = (SELECT created_at FROM register WHERE register.request = copied.request);
CREATE INDEX copied_by_time ON copied (asked_at);
