-- The audit chain over what is written once beside history: of money, partners and policies. Each row seals a stretch of one book (the table's name),
-- and the rows before it; `leaves` as in seals. A seal of history names the newest of these heads, and so vouches for them.
CREATE TABLE book_seals (
    number BIGINT PRIMARY KEY,
    book TEXT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    leaves BYTEA NOT NULL,
    head TEXT NOT NULL
);
CREATE INDEX book_seals_by_last ON book_seals (book, last_id);
ALTER TABLE seals ADD COLUMN books TEXT; -- null: there was none yet
