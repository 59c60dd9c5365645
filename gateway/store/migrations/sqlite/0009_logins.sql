-- Logins at the circulation system that were refused, by all gateways together and across their restarts, and who is trying.
CREATE TABLE logins (
    acs TEXT PRIMARY KEY,
    refusals INTEGER NOT NULL,
    refused_at INTEGER,
    trying TEXT, -- name of the gateway whose login is under way
    tried_at INTEGER,
    version INTEGER NOT NULL
);
