-- The audit chain: each row seals a stretch of history, and the rows before it. `leaves` holds 32 bytes for each line: its id (8), a salt (8), and
-- the digest of its salt and content (16); the salt of a line that was erased is zeros.
CREATE TABLE seals (
    number INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL,
    leaves BLOB NOT NULL,
    head TEXT NOT NULL
);
CREATE INDEX seals_by_first ON seals (first_id);
