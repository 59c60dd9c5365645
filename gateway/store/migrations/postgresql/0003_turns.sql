-- What one gateway is to do for all, such as the nightly comparison: the time for which it was last taken on.
CREATE TABLE turns (
    duty TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
