-- The transaction, as a number: whoever has read what all older ones wrote need not read that again.
CREATE FUNCTION change_mark() RETURNS BIGINT LANGUAGE SQL VOLATILE AS 'SELECT pg_current_xact_id()::text::bigint';

-- What requests are found, counted and sorted by: a narrow line for each, in the order in which they were made.
CREATE TABLE register (
    line BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES requests (id),
    is_open BOOLEAN NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    partner TEXT NOT NULL, -- '': none of ours
    branch TEXT NOT NULL,
    service TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    state_since BIGINT NOT NULL,
    due_at BIGINT,
    flags TEXT NOT NULL, -- joined by commas
    tasks TEXT NOT NULL DEFAULT '', -- kinds of its open tasks, joined by commas
    assigned_to TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX register_changed ON register (changed, line);
CREATE INDEX register_open ON register (line) WHERE is_open;
CREATE INDEX register_ended ON register (line) WHERE NOT is_open;
CREATE INDEX register_ended_of_partner ON register (partner, line) WHERE NOT is_open;
CREATE INDEX register_ended_in_state ON register (state, line) WHERE NOT is_open;

-- Its words and what is written about it, as gateway/store/wording.py makes them: parted by blanks, each letters and digits alone.
CREATE TABLE register_words (
    line BIGINT PRIMARY KEY REFERENCES register (line),
    is_open BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT '',
    found_by TSVECTOR NOT NULL
        GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(words || ' ' || notes, ' '), ''))) STORED
);
CREATE INDEX open_words ON register_words USING gin (found_by) WHERE is_open;
CREATE INDEX ended_words ON register_words USING gin (found_by) WHERE NOT is_open;
CREATE INDEX register_words_ended ON register_words (line) WHERE NOT is_open;

-- Its numbers beside its own: theirs, those of items and of the work: letters and digits alone.
CREATE TABLE register_numbers (
    number TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL REFERENCES register (line),
    PRIMARY KEY (number, line)
);

-- Tasks are opened and closed in several ways.
CREATE FUNCTION register_tasks() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE register SET
        tasks = coalesce((SELECT string_agg(kind, ',') FROM tasks WHERE request = new.request AND closed_at IS NULL), ''),
        changed = change_mark()
    WHERE request = new.request;
    RETURN NULL;
END $$;
CREATE TRIGGER task_opened AFTER INSERT ON tasks
    FOR EACH ROW WHEN (new.request IS NOT NULL) EXECUTE FUNCTION register_tasks();
CREATE TRIGGER task_closed AFTER UPDATE OF closed_at ON tasks
    FOR EACH ROW WHEN (new.request IS NOT NULL) EXECUTE FUNCTION register_tasks();
