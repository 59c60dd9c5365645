-- One process has this file to itself, so there is no table of gateways here as there is on PostgreSQL.

-- What counts against a lane's limit.
CREATE INDEX effects_leased ON effects (lane, leased_until) WHERE leased_until IS NOT NULL;

-- A message that comes twice at once is taken once.
CREATE UNIQUE INDEX messages_once ON messages (peer, digest) WHERE ok;
DROP INDEX messages_by_digest;
