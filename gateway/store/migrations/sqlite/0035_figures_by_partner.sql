-- What figures by partner read of a fact stands in the index of the time by which it is counted, so that a year of them costs no visit to the
-- fact itself, which is wide. In place of indexes of the time alone, for whatever those served.
DROP INDEX facts_arrived;
CREATE INDEX facts_arrived ON facts (arrived_at, role, partner, outcome, taken_up);
DROP INDEX facts_supplied;
CREATE INDEX facts_supplied ON facts (supplied_at, role, partner, currency, charged) WHERE supplied_at IS NOT NULL;
DROP INDEX facts_received;
CREATE INDEX facts_received ON facts (received_at, role, partner, currency, paid, arrived_at, days_to_receive) WHERE received_at IS NOT NULL;
DROP INDEX facts_shipped;
CREATE INDEX facts_shipped ON facts (shipped_at, role, partner, arrived_at, days_to_supply) WHERE shipped_at IS NOT NULL;
DROP INDEX fact_attempts_asked;
CREATE INDEX fact_attempts_asked ON fact_attempts (asked_at, partner, result) WHERE asked_at IS NOT NULL;
