-- Peers and partners: how often they were changed, and each change.
CREATE TABLE directory_version (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
);
INSERT INTO directory_version (id, version) VALUES (1, 0);

CREATE TABLE directory_history (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    kind TEXT NOT NULL, -- peer, partner
    record TEXT NOT NULL,
    what TEXT NOT NULL,
    before_it TEXT, -- null where it was made
    after_it TEXT -- null where it was removed
);
CREATE INDEX directory_history_of_record ON directory_history (kind, record, id);

-- What went wrong between a peer and us, counted by day.
CREATE TABLE exchange_faults (
    peer TEXT NOT NULL,
    day INTEGER NOT NULL, -- days since 1970, UTC
    direction TEXT NOT NULL, -- in, out
    fault TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (peer, day, direction, fault)
);
