-- Royalties that were paid for copies beyond the rule of five; kept when the request goes.
CREATE TABLE royalties (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    minor INTEGER NOT NULL, -- of the currency's unit
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    paid_on INTEGER NOT NULL, -- days since 1970
    noted_by TEXT NOT NULL,
    noted_at INTEGER NOT NULL
);
CREATE INDEX royalties_of_request ON royalties (request);
