-- Who works here, and who is signed in. The name is casefolded, as it is looked for; what is written stands in the body.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    subject TEXT UNIQUE, -- at an identity provider
    version INTEGER NOT NULL,
    body TEXT NOT NULL -- JSON
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE, -- of the token that the browser shows
    account TEXT NOT NULL REFERENCES accounts (name),
    seen_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    revoked_at INTEGER,
    body TEXT NOT NULL -- JSON
);
CREATE INDEX sessions_of_account ON sessions (account, ends_at);
CREATE INDEX sessions_by_end ON sessions (ends_at);
