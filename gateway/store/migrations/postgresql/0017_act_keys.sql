-- What the act under a one-use key of a form came to: the second click of a double click is shown the first one's result.
CREATE TABLE act_keys (
    key TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX act_keys_by_time ON act_keys (at);
