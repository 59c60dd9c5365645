-- The audit chain over what is written once beside history: of money, partners and policies. Each row seals a stretch of one book (the table's name),
-- and the rows before it; `leaves` as in seals. A seal of history names the newest of these heads, and so vouches for them.
CREATE TABLE book_seals (
    number INTEGER PRIMARY KEY,
    book TEXT NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL,
    leaves BLOB NOT NULL,
    head TEXT NOT NULL
);
CREATE INDEX book_seals_by_last ON book_seals (book, last_id);
ALTER TABLE seals ADD COLUMN books TEXT; -- null: there was none yet

-- No number of a line is given twice, also where the newest lines went with an old bill: SQLite promises that of AUTOINCREMENT alone.
CREATE TABLE bill_history_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bill TEXT NOT NULL REFERENCES bills (id),
    at INTEGER NOT NULL,
    entry TEXT NOT NULL, -- JSON
    event TEXT -- JSON
);
INSERT INTO bill_history_anew (id, bill, at, entry, event) SELECT id, bill, at, entry, event FROM bill_history;
DROP TABLE bill_history;
ALTER TABLE bill_history_anew RENAME TO bill_history;
CREATE INDEX bill_history_by_bill ON bill_history (bill, id);

CREATE TABLE ledger_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
INSERT INTO ledger_anew (id, partner, currency, bill, kind, amount, at, who, payment, credit_note, words)
    SELECT id, partner, currency, bill, kind, amount, at, who, payment, credit_note, words FROM ledger;
DROP TABLE ledger;
ALTER TABLE ledger_anew RENAME TO ledger;
CREATE INDEX ledger_by_partner ON ledger (partner, currency, at, id);
CREATE INDEX ledger_by_bill ON ledger (bill, id) WHERE bill IS NOT NULL;
CREATE INDEX ledger_by_payment ON ledger (payment, id) WHERE payment IS NOT NULL;
CREATE INDEX ledger_by_time ON ledger (at, id);

CREATE TABLE invoice_history_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    invoice TEXT NOT NULL REFERENCES invoices (id),
    at INTEGER NOT NULL,
    entry TEXT NOT NULL, -- JSON
    event TEXT -- JSON
);
INSERT INTO invoice_history_anew (id, invoice, at, entry, event) SELECT id, invoice, at, entry, event FROM invoice_history;
DROP TABLE invoice_history;
ALTER TABLE invoice_history_anew RENAME TO invoice_history;
CREATE INDEX invoice_history_by_invoice ON invoice_history (invoice, id);
