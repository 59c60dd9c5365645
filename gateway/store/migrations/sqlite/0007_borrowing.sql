-- Who asked for what, apart from the request, so that it goes without a trace: a row is deleted to make its request anonymous.
CREATE TABLE customers (
    request TEXT PRIMARY KEY REFERENCES requests (id),
    body TEXT NOT NULL -- JSON
);
CREATE TABLE customer_works (
    request TEXT NOT NULL REFERENCES customers (request) ON DELETE CASCADE,
    barcode TEXT NOT NULL, -- the customer's
    work TEXT NOT NULL, -- a key that requests for the same work have in common (workflow/duplicates.py)
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (barcode, work, asked_at, request)
);
CREATE INDEX customer_works_by_request ON customer_works (request);

-- What was asked for once is not asked for twice: the caller's idempotency key, or the digest of a line of a list.
CREATE TABLE intake_keys (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL REFERENCES requests (id)
);

-- Copies of articles, for the rule of five; of a request that came to nothing none is counted.
CREATE TABLE copied (
    request TEXT PRIMARY KEY REFERENCES requests (id),
    key TEXT NOT NULL -- periodical and year (workflow/copyright.py)
);
CREATE INDEX copied_by_key ON copied (key);

-- Barcodes that stand for borrowed items on the circulation system.
CREATE TABLE pool_barcodes (
    barcode TEXT PRIMARY KEY,
    range TEXT NOT NULL, -- such as a branch or a format; '' for one that staff put on an item
    state TEXT NOT NULL,
    request TEXT REFERENCES requests (id),
    since INTEGER NOT NULL
);
CREATE INDEX pool_barcodes_by_state ON pool_barcodes (range, state, since);
