-- What is left of a request that was purged: by what a late repeat is known, and which lines of history went with it.
CREATE TABLE tombstones (
    request TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    requesting_agency_key TEXT NOT NULL,
    partner_request_id TEXT NOT NULL,
    content TEXT, -- the content digest of the message that made the request
    ended_at INTEGER NOT NULL,
    purged_at INTEGER NOT NULL,
    entries TEXT NOT NULL -- ids of its history, each but the first as the distance from the one before, joined by commas
);
CREATE INDEX tombstones_by_partner_id ON tombstones (role, requesting_agency_key, partner_request_id);
CREATE INDEX tombstones_by_purge ON tombstones (purged_at, request);

-- By what the rows are found that go with a request.
CREATE INDEX tasks_of_request ON tasks (request);
CREATE INDEX intake_keys_of_request ON intake_keys (request);
CREATE INDEX pool_barcodes_of_request ON pool_barcodes (request);
CREATE INDEX notes_read_of_request ON notes_read (request);
CREATE INDEX register_numbers_of_line ON register_numbers (line);
CREATE INDEX look_ups_by_time ON look_ups (at);

-- How far messages and history have been looked through for documents that are no longer kept: ids.
CREATE TABLE looked_through (
    what TEXT PRIMARY KEY,
    done_to INTEGER NOT NULL
);

CREATE TRIGGER open_words_go AFTER DELETE ON register_words WHEN old.is_open BEGIN
    INSERT INTO open_words (open_words, rowid, words) VALUES ('delete', old.line, old.words || ' ' || old.notes);
END;
CREATE TRIGGER ended_words_go AFTER DELETE ON register_words WHEN NOT old.is_open BEGIN
    INSERT INTO ended_words (ended_words, rowid, words) VALUES ('delete', old.line, old.words || ' ' || old.notes);
END;
