-- Work may belong to a bill as well as to a request: `request` names either, by numbers that begin differently.
ALTER TABLE effects DROP CONSTRAINT effects_request_fkey;

-- What partners owe us. Amounts are whole numbers of the currency's minor unit; days are texts as 2026-11-27.
CREATE TABLE bills (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    series TEXT,
    fiscal_year BIGINT,
    number BIGINT, -- without gaps in its series and fiscal year
    dated TEXT,
    total BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    credited BIGINT NOT NULL,
    waived BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
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
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    amount BIGINT NOT NULL,
    request TEXT, -- no reference: a bill outlives its request
    loan TEXT, -- JSON
    PRIMARY KEY (bill, place)
);
CREATE INDEX bill_lines_by_request ON bill_lines (request) WHERE request IS NOT NULL;

CREATE TABLE bill_history (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bill TEXT NOT NULL REFERENCES bills (id),
    at BIGINT NOT NULL,
    entry TEXT NOT NULL, -- JSON
    event TEXT -- JSON
);
CREATE INDEX bill_history_by_bill ON bill_history (bill, id);

-- Each made once, and never again.
CREATE TABLE bill_papers (
    bill TEXT NOT NULL REFERENCES bills (id),
    paper TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    digest TEXT NOT NULL, -- SHA-256
    template_hash TEXT NOT NULL,
    pdf BYTEA NOT NULL,
    PRIMARY KEY (bill, paper)
);

-- The last number that was given; its row is locked last of all in a transaction.
CREATE TABLE bill_numbers (
    series TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (series, fiscal_year)
);

CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    booked_at BIGINT NOT NULL,
    reversed_at BIGINT,
    body TEXT NOT NULL -- JSON, without the amount
);
CREATE INDEX payments_by_time ON payments (booked_at, id);
CREATE INDEX payments_by_partner ON payments (partner, booked_at, id);

-- Lines are added and never changed. Those of a bill sum up to its balance, those of none to the partner's credit with a minus.
CREATE TABLE ledger (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner TEXT NOT NULL,
    currency TEXT NOT NULL,
    bill TEXT REFERENCES bills (id),
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL,
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
    credit BIGINT NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (partner, currency)
);

-- What came of a form that was sent under a one-use key.
CREATE TABLE bill_keys (
    key TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    subject TEXT NOT NULL -- a bill or a payment
);
CREATE INDEX bill_keys_by_time ON bill_keys (at);
