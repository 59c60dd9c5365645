-- From when on a token counts no more; null for one without an end.
ALTER TABLE tokens ADD COLUMN ends_at INTEGER;
