-- How often a task was told: what is closed is known by it from what was said since, though the words be the same.
ALTER TABLE tasks ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER task_told_again AFTER UPDATE OF words ON tasks BEGIN
    UPDATE tasks SET told = old.told + 1 WHERE id = new.id;
END;
