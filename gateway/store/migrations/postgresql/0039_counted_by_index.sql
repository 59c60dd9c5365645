-- All by which what has ended is told apart stands in the index of its partner and of its state: what is counted of it lies far apart in the table.
-- In place of indexes of the line alone.
DROP INDEX register_ended_of_partner;
CREATE INDEX register_ended_of_partner ON register (partner, line)
    INCLUDE (role, state, branch, service, created_at, flags, tasks, assigned_to) WHERE NOT is_open;
DROP INDEX register_ended_in_state;
CREATE INDEX register_ended_in_state ON register (state, line)
    INCLUDE (role, partner, branch, service, created_at, flags, tasks, assigned_to) WHERE NOT is_open;

-- What figures of the library read of a fact, likewise, beside what those by partner read of it (0035): a month's facts are read from the index of their
-- time alone.
DROP INDEX facts_arrived;
CREATE INDEX facts_arrived ON facts (arrived_at, role, partner, outcome, taken_up, service);
DROP INDEX facts_supplied;
CREATE INDEX facts_supplied ON facts (supplied_at, role, partner, currency, charged, own, service, branch) WHERE supplied_at IS NOT NULL;
DROP INDEX facts_received;
CREATE INDEX facts_received ON facts (received_at, role, partner, currency, paid, arrived_at, days_to_receive, own, service, branch)
    WHERE received_at IS NOT NULL;
DROP INDEX facts_ended;
CREATE INDEX facts_ended ON facts (ended_at, role, by_person) WHERE ended_at IS NOT NULL;
