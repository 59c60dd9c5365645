-- What people switched off and on, of what the settings file sets up: the newest line of a switch counts, and all of them say who did what when.
CREATE TABLE switchings (
    id INTEGER PRIMARY KEY,
    switch TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_on INTEGER NOT NULL,
    who TEXT NOT NULL
);
CREATE INDEX switchings_of ON switchings (switch, id);
