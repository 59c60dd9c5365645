-- Work may belong to a bill as well as to a request: `request` names either, by numbers that begin differently. SQLite can't drop a
-- reference, so the table is made anew; ids go on from where they were, for none is used twice.
CREATE TABLE effects_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL, -- or a bill
    key TEXT NOT NULL,
    kind TEXT NOT NULL, -- the effect's tag
    lane TEXT NOT NULL,
    is_first BOOLEAN NOT NULL, -- no earlier row of its request in its lane; always so without a lane
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER,
    leased_by TEXT,
    started_at INTEGER,
    effect TEXT NOT NULL, -- JSON
    payload BLOB,
    peer TEXT,
    turn INTEGER DEFAULT 0,
    item TEXT,
    item_turn INTEGER,
    with_lane BOOLEAN NOT NULL DEFAULT FALSE,
    failed TEXT,
    failing_since INTEGER
);
INSERT INTO effects_anew (id, request, key, kind, lane, is_first, due_at, attempts, leased_until, leased_by, started_at, effect,
                          payload, peer, turn, item, item_turn, with_lane, failed, failing_since)
    SELECT id, request, key, kind, lane, is_first, due_at, attempts, leased_until, leased_by, started_at, effect,
           payload, peer, turn, item, item_turn, with_lane, failed, failing_since
    FROM effects;
DELETE FROM sqlite_sequence WHERE name = 'effects_anew';
INSERT INTO sqlite_sequence (name, seq) SELECT 'effects_anew', seq FROM sqlite_sequence WHERE name = 'effects';
DROP TABLE effects;
ALTER TABLE effects_anew RENAME TO effects;
CREATE INDEX effects_ready ON effects (lane, coalesce(leased_until, due_at), id) WHERE is_first;
CREATE INDEX effects_by_request ON effects (request, lane, id);
CREATE INDEX effects_leased ON effects (lane, leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX effects_in_turn ON effects (lane, turn, id) WHERE is_first AND turn IS NOT NULL;
CREATE INDEX effects_by_peer ON effects (lane, peer, turn) WHERE turn IS NOT NULL;
CREATE INDEX effects_by_item ON effects (lane, item, item_turn) WHERE item IS NOT NULL;
CREATE INDEX effects_with_lane ON effects (lane) WHERE with_lane;

-- What partners owe us. Amounts are whole numbers of the currency's minor unit; days are texts as 2026-11-27.
CREATE TABLE bills (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    series TEXT,
    fiscal_year INTEGER,
    number INTEGER, -- without gaps in its series and fiscal year
    dated TEXT,
    total INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    waived INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    credits TEXT REFERENCES bills (id), -- a credit note's invoice
    about TEXT, -- the request and item that it is for, while no other bill may be
    body TEXT NOT NULL, -- JSON, without lines and sums
    UNIQUE (series, fiscal_year, number)
);
CREATE UNIQUE INDEX bills_about ON bills (about) WHERE about IS NOT NULL;
CREATE INDEX bills_by_time ON bills (updated_at, id);
CREATE INDEX bills_by_state ON bills (state, updated_at, id);
CREATE INDEX bills_by_partner ON bills (partner, updated_at, id);
CREATE INDEX bills_owed ON bills (partner, currency, dated) WHERE balance > 0;
CREATE INDEX bills_by_date ON bills (dated, id) WHERE dated IS NOT NULL;
CREATE INDEX bills_of_credited ON bills (credits) WHERE credits IS NOT NULL;

CREATE TABLE bill_lines (
    bill TEXT NOT NULL REFERENCES bills (id),
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    amount INTEGER NOT NULL,
    request TEXT, -- no reference: a bill outlives its request
    loan TEXT, -- JSON
    PRIMARY KEY (bill, place)
);
CREATE INDEX bill_lines_by_request ON bill_lines (request) WHERE request IS NOT NULL;

CREATE TABLE bill_history (
    id INTEGER PRIMARY KEY,
    bill TEXT NOT NULL REFERENCES bills (id),
    at INTEGER NOT NULL,
    entry TEXT NOT NULL, -- JSON
    event TEXT -- JSON
);
CREATE INDEX bill_history_by_bill ON bill_history (bill, id);

-- Each made once, and never again.
CREATE TABLE bill_papers (
    bill TEXT NOT NULL REFERENCES bills (id),
    paper TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    digest TEXT NOT NULL, -- SHA-256
    template_hash TEXT NOT NULL,
    pdf BLOB NOT NULL,
    PRIMARY KEY (bill, paper)
);

-- The last number that was given; its row is locked last of all in a transaction.
CREATE TABLE bill_numbers (
    series TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (series, fiscal_year)
);

CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    received_on TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    reversed_at INTEGER,
    body TEXT NOT NULL -- JSON, without the amount
);
CREATE INDEX payments_by_time ON payments (booked_at, id);
CREATE INDEX payments_by_partner ON payments (partner, booked_at, id);

-- Lines are added and never changed. Those of a bill sum up to its balance, those of none to the partner's credit with a minus.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    bill TEXT REFERENCES bills (id),
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    payment TEXT REFERENCES payments (id),
    credit_note TEXT REFERENCES bills (id),
    words TEXT NOT NULL
);
CREATE INDEX ledger_by_partner ON ledger (partner, currency, at, id);
CREATE INDEX ledger_by_bill ON ledger (bill, id) WHERE bill IS NOT NULL;
CREATE INDEX ledger_by_payment ON ledger (payment, id) WHERE payment IS NOT NULL;
CREATE INDEX ledger_by_time ON ledger (at, id);

-- What partners have paid too much: the sum of the ledger's lines of no bill, kept so that no two bills are paid with it.
CREATE TABLE partner_credit (
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    credit INTEGER NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (partner, currency)
);

-- What came of a form that was sent under a one-use key.
CREATE TABLE bill_keys (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL -- a bill or a payment
);
CREATE INDEX bill_keys_by_time ON bill_keys (at);
