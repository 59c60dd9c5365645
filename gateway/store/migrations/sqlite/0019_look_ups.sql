-- Who looked up a customer, and why: over all requests, for whoever answers for it. Nothing of the customer is in it.
CREATE TABLE look_ups (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    looked_by TEXT NOT NULL,
    request TEXT REFERENCES requests (id), -- null: by the card, which is kept nowhere
    way TEXT NOT NULL,
    what TEXT NOT NULL
);
CREATE INDEX look_ups_by_person ON look_ups (looked_by, at);
CREATE INDEX look_ups_by_request ON look_ups (request, id);
