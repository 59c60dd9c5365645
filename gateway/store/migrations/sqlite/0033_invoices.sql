-- What lenders ask of us. Amounts are whole numbers of the currency's minor unit.
CREATE TABLE invoices (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    lender TEXT NOT NULL, -- a partner's id, or a name
    about TEXT, -- lender, number, year and request, while no other may have them
    request TEXT, -- no reference: an invoice outlives its request
    fiscal_year INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    agreed INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ended_at INTEGER, -- NULL while something is to be done
    batch TEXT, -- the export to the accounting system
    body TEXT NOT NULL -- JSON, without amounts
);
CREATE UNIQUE INDEX invoices_about ON invoices (about) WHERE about IS NOT NULL;
CREATE INDEX invoices_by_time ON invoices (updated_at, id);
CREATE INDEX invoices_by_state ON invoices (state, updated_at, id);
CREATE INDEX invoices_by_lender ON invoices (lender, updated_at, id);
CREATE INDEX invoices_by_year ON invoices (fiscal_year, updated_at, id);
CREATE INDEX invoices_by_request ON invoices (request) WHERE request IS NOT NULL;
CREATE INDEX invoices_by_batch ON invoices (batch) WHERE batch IS NOT NULL;
CREATE INDEX invoices_by_end ON invoices (ended_at) WHERE ended_at IS NOT NULL;

-- Words by which an invoice is found.
CREATE TABLE invoice_words (
    word TEXT NOT NULL,
    invoice TEXT NOT NULL REFERENCES invoices (id),
    PRIMARY KEY (word, invoice)
);
CREATE INDEX invoice_words_by_invoice ON invoice_words (invoice);

CREATE TABLE invoice_history (
    id INTEGER PRIMARY KEY,
    invoice TEXT NOT NULL REFERENCES invoices (id),
    at INTEGER NOT NULL,
    entry TEXT NOT NULL, -- JSON
    event TEXT -- JSON
);
CREATE INDEX invoice_history_by_invoice ON invoice_history (invoice, id);

-- Dispute letters, each made once, and never again.
CREATE TABLE invoice_letters (
    invoice TEXT NOT NULL REFERENCES invoices (id),
    letter INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    digest TEXT NOT NULL, -- SHA-256
    template_hash TEXT NOT NULL,
    pdf BLOB NOT NULL,
    PRIMARY KEY (invoice, letter)
);
