-- What requests are found, counted and sorted by: a narrow line for each, in the order in which they were made.
CREATE TABLE register (
    line INTEGER PRIMARY KEY,
    request TEXT NOT NULL UNIQUE REFERENCES requests (id),
    is_open BOOLEAN NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    partner TEXT NOT NULL, -- '': none of ours
    branch TEXT NOT NULL,
    service TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    state_since INTEGER NOT NULL,
    due_at INTEGER,
    flags TEXT NOT NULL, -- joined by commas
    tasks TEXT NOT NULL DEFAULT '', -- kinds of its open tasks, joined by commas
    assigned_to TEXT NOT NULL DEFAULT '',
    changed INTEGER NOT NULL -- rises with every change
);
CREATE INDEX register_changed ON register (changed); -- and line, as in every index
CREATE INDEX register_open ON register (line) WHERE is_open;
CREATE INDEX register_ended ON register (line) WHERE NOT is_open;
CREATE INDEX register_ended_of_partner ON register (partner, line) WHERE NOT is_open;
CREATE INDEX register_ended_in_state ON register (state, line) WHERE NOT is_open;

-- Its words and what is written about it, as gateway/store/wording.py makes them: parted by blanks, each letters and digits alone.
CREATE TABLE register_words (
    line INTEGER PRIMARY KEY REFERENCES register (line),
    is_open BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT ''
);
CREATE VIRTUAL TABLE open_words USING fts5 (words, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
CREATE VIRTUAL TABLE ended_words USING fts5 (words, content = '', detail = none, columnsize = 0, tokenize = 'ascii');

CREATE TRIGGER open_words_come AFTER INSERT ON register_words WHEN new.is_open BEGIN
    INSERT INTO open_words (rowid, words) VALUES (new.line, new.words || ' ' || new.notes);
END;
CREATE TRIGGER ended_words_come AFTER INSERT ON register_words WHEN NOT new.is_open BEGIN
    INSERT INTO ended_words (rowid, words) VALUES (new.line, new.words || ' ' || new.notes);
END;
CREATE TRIGGER open_words_change AFTER UPDATE ON register_words WHEN old.is_open BEGIN
    INSERT INTO open_words (open_words, rowid, words) VALUES ('delete', old.line, old.words || ' ' || old.notes);
    INSERT INTO open_words (rowid, words) SELECT new.line, new.words || ' ' || new.notes WHERE new.is_open;
    INSERT INTO ended_words (rowid, words) SELECT new.line, new.words || ' ' || new.notes WHERE NOT new.is_open;
END;
CREATE TRIGGER ended_words_change AFTER UPDATE ON register_words WHEN NOT old.is_open BEGIN
    INSERT INTO ended_words (ended_words, rowid, words) VALUES ('delete', old.line, old.words || ' ' || old.notes);
    INSERT INTO open_words (rowid, words) SELECT new.line, new.words || ' ' || new.notes WHERE new.is_open;
    INSERT INTO ended_words (rowid, words) SELECT new.line, new.words || ' ' || new.notes WHERE NOT new.is_open;
END;

-- Its numbers beside its own: theirs, those of items and of the work: letters and digits alone.
CREATE TABLE register_numbers (
    number TEXT NOT NULL,
    line INTEGER NOT NULL REFERENCES register (line),
    PRIMARY KEY (number, line)
) WITHOUT ROWID;

-- Tasks are opened and closed in several ways.
CREATE TRIGGER task_opened AFTER INSERT ON tasks WHEN new.request IS NOT NULL AND new.closed_at IS NULL BEGIN
    UPDATE register SET
        tasks = coalesce((SELECT group_concat(kind) FROM tasks WHERE request = new.request AND closed_at IS NULL), ''),
        changed = (SELECT coalesce(max(changed), 0) + 1 FROM register)
    WHERE request = new.request;
END;
CREATE TRIGGER task_closed AFTER UPDATE OF closed_at ON tasks WHEN new.request IS NOT NULL BEGIN
    UPDATE register SET
        tasks = coalesce((SELECT group_concat(kind) FROM tasks WHERE request = new.request AND closed_at IS NULL), ''),
        changed = (SELECT coalesce(max(changed), 0) + 1 FROM register)
    WHERE request = new.request;
END;
