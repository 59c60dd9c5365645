-- How often a task was told: what is closed is known by it from what was said since, though the words be the same. The table counts, so that
-- tellings of a gateway of before count as well, as long as one works beside.
ALTER TABLE tasks ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
CREATE FUNCTION task_told_again() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    new.told := old.told + 1;
    RETURN new;
END $$;
CREATE TRIGGER task_told_again BEFORE UPDATE OF words ON tasks FOR EACH ROW EXECUTE FUNCTION task_told_again();
