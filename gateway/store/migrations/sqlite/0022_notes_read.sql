-- Up to when somebody has read the notes of a request.
CREATE TABLE notes_read (
    who TEXT NOT NULL,
    request TEXT NOT NULL REFERENCES requests (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (who, request)
);

CREATE INDEX notes_read_by_age ON notes_read (at);
