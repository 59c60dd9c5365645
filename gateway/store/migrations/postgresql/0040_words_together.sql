-- SQLite's own matter: what an index of words writes at each statement.
SELECT 1;
