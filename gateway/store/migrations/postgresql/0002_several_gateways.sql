-- Several gateways on one database: who lives, and how many of the shared connections each may have open.
CREATE TABLE gateways (
    name TEXT PRIMARY KEY,
    process TEXT NOT NULL, -- which process has the name now: the one that took it last
    alive_until BIGINT NOT NULL, -- microseconds since 1970 by the database's clock
    seats INTEGER NOT NULL
);

-- What counts against a lane's limit, whoever holds it.
CREATE INDEX effects_leased ON effects (lane, leased_until) WHERE leased_until IS NOT NULL;

-- The same message given to two gateways at once is taken once.
CREATE UNIQUE INDEX messages_once ON messages (peer, digest) WHERE ok;
DROP INDEX messages_by_digest;
