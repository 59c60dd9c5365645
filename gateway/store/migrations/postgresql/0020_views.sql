-- Searches and worklists with their filters, that somebody keeps under a name.
CREATE TABLE saved_views (
    who TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (who, name)
);

-- Papers that were given out for printing; whether they came out of a printer nobody knows.
CREATE TABLE sent_to_print (
    request TEXT NOT NULL REFERENCES requests (id),
    paper TEXT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (request, paper)
);
