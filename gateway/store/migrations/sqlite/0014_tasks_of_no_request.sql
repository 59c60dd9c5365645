-- A task may belong to no request: then it is about what `about` names, such as a partner's account. SQLite can't let a column be
-- empty later on, so the table is made anew; no other refers to it, and a store of this kind has one gateway.
CREATE TABLE tasks_anew (
    id INTEGER PRIMARY KEY,
    request TEXT REFERENCES requests (id),
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    claimed_by TEXT,
    closed_at INTEGER,
    about TEXT
);
INSERT INTO tasks_anew (id, request, kind, words, opened_at, claimed_by, closed_at)
    SELECT id, request, kind, words, opened_at, claimed_by, closed_at FROM tasks;
DROP TABLE tasks;
ALTER TABLE tasks_anew RENAME TO tasks;
CREATE UNIQUE INDEX tasks_open ON tasks (request, kind) WHERE closed_at IS NULL;
CREATE INDEX tasks_by_kind ON tasks (kind, id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX tasks_open_about ON tasks (about, kind) WHERE closed_at IS NULL AND request IS NULL;
