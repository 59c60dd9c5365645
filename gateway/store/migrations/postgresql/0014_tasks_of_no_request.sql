-- A task may belong to no request: then it is about what `about` names, such as a partner's account.
ALTER TABLE tasks ALTER COLUMN request DROP NOT NULL;
ALTER TABLE tasks ADD COLUMN about TEXT;
CREATE UNIQUE INDEX tasks_open_about ON tasks (about, kind) WHERE closed_at IS NULL AND request IS NULL;
