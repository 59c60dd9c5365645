-- What directory services told last of each library, what of it staff declined, and how the last reading of each service ended.
CREATE TABLE directory_told (
    directory TEXT NOT NULL,
    symbol TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    declined TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (directory, symbol)
);
CREATE TABLE directory_reads (
    directory TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
