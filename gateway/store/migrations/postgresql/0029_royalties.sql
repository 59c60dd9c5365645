-- Royalties that were paid for copies beyond the rule of five; kept when the request goes.
CREATE TABLE royalties (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT NOT NULL,
    minor BIGINT NOT NULL, -- of the currency's unit
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    paid_on INTEGER NOT NULL, -- days since 1970
    noted_by TEXT NOT NULL,
    noted_at BIGINT NOT NULL
);
CREATE INDEX royalties_of_request ON royalties (request);
