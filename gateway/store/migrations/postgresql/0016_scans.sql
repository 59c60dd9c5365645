-- What was scanned at the desk: the list of a cart, and by what the second of two equal scans is known.
CREATE TABLE scans (
    id TEXT PRIMARY KEY,
    cart TEXT NOT NULL,
    who TEXT NOT NULL,
    code TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX scans_of_cart ON scans (cart, at);
CREATE INDEX scans_of_code ON scans (code, at);
CREATE INDEX scans_of_whom ON scans (who, at);
CREATE INDEX scans_by_time ON scans (at);
