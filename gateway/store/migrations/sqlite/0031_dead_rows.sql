-- By what the tasks are found that go with a bill.
CREATE INDEX tasks_about ON tasks (about) WHERE about IS NOT NULL;
