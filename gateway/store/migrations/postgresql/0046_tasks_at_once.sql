-- A line that is written with its tasks, in the very statement that opens them, is not written once more.
CREATE OR REPLACE FUNCTION register_tasks() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE register SET tasks = stand.kinds, changed = change_mark()
    FROM (
        SELECT coalesce(string_agg(kind, ','), '') AS kinds FROM tasks WHERE request = new.request AND closed_at IS NULL
    ) AS stand
    WHERE register.request = new.request AND register.tasks <> stand.kinds;
    RETURN NULL;
END $$;
