-- Files of copies: those that partners fetch, and those that are handed over to our customers. Kept for some days.
-- In pieces, so that none is read or written at once; id is the digest of what stands in a file's address.
CREATE TABLE copies (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    ends_at BIGINT NOT NULL,
    fetched INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX copies_by_request ON copies (request);
CREATE INDEX copies_by_end ON copies (ends_at);
CREATE TABLE copy_pieces (
    copy TEXT NOT NULL,
    place INTEGER NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (copy, place)
);
