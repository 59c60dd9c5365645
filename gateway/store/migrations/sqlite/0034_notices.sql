-- Mails: what went out, to whom, and what became of it. One of a bill mirrors what the bill's history tells.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    about TEXT NOT NULL, -- a bill, a partner, a branch or a report
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    not_after INTEGER,
    times INTEGER NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX notices_by_time ON notices (changed_at, id);
CREATE INDEX notices_by_state ON notices (state, changed_at, id);
CREATE INDEX notices_by_kind ON notices (kind, changed_at, id);
CREATE INDEX notices_by_subject ON notices (about, changed_at, id);
CREATE TABLE notice_files (
    notice TEXT NOT NULL REFERENCES notices (id),
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (notice, place)
);
-- Times of schedules that were seen to, so that none is twice.
CREATE TABLE notice_slots (
    slot TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);
CREATE INDEX notice_slots_by_time ON notice_slots (at);

-- After a restore numbers may have gone out that the copy doesn't know: none is given until somebody has said which was the last.
ALTER TABLE recovery ADD COLUMN numbers_confirmed_at INTEGER;
ALTER TABLE recovery ADD COLUMN numbers_confirmed_by TEXT;
UPDATE recovery SET numbers_confirmed_at = since, numbers_confirmed_by = '' WHERE holds IS NULL;
CREATE INDEX recovery_numbers ON recovery (since) WHERE numbers_confirmed_at IS NULL;
-- Numbers that went out before a restore, of bills that the copy doesn't have.
CREATE TABLE bill_numbers_lost (
    series TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (series, fiscal_year, first)
);

-- When the item of a bill was seen to be back.
ALTER TABLE bills ADD COLUMN back_at INTEGER;
CREATE INDEX bills_not_back ON bills (id) WHERE about IS NOT NULL AND back_at IS NULL;

-- What figures of money are counted from stays when a bill is purged: when it was disputed, and what was booked of it.
CREATE TABLE bill_disputes (
    bill TEXT NOT NULL, -- no reference: it outlives the bill
    since INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (bill, since)
);
CREATE TABLE ledger_past (
    bill TEXT NOT NULL,
    dated TEXT,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX ledger_past_by_time ON ledger_past (at);
