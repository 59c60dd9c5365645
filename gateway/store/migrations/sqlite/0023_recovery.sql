-- After a restore: while a row has `holds` = 1, no gateway claims work, but of requests that were let go on.
CREATE TABLE recovery (
    id INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,
    why TEXT NOT NULL,
    copy_of INTEGER, -- the time that the store was brought back to; null where that is not known
    compared_at INTEGER,
    confirmed_at INTEGER, -- an administrator has looked at accounts and tokens
    confirmed_by TEXT,
    ended_at INTEGER,
    ended_by TEXT,
    holds INTEGER UNIQUE -- 1, or null once it has ended
);
-- What the comparison found of each open request, and whether it goes on.
CREATE TABLE recovery_requests (
    request TEXT PRIMARY KEY REFERENCES requests (id),
    standing TEXT NOT NULL,
    words TEXT NOT NULL,
    act TEXT NOT NULL,
    goes_on_at INTEGER,
    goes_on_by TEXT
);
CREATE INDEX recovery_by_standing ON recovery_requests (standing, request);

-- Since when a token counts no more until an administrator confirms it: whether it was revoked meanwhile, the copy does not know.
ALTER TABLE tokens ADD COLUMN suspended_at INTEGER;

-- What the mark beside the store is compared with: one that is ahead of this tells that an older copy took the store's place.
CREATE TABLE store_mark (
    id INTEGER PRIMARY KEY,
    store TEXT NOT NULL,
    count INTEGER NOT NULL
);
