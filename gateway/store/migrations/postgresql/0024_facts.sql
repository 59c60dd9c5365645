-- What figures are counted from: one row a request, without its work, customer or any number; it stays when the request goes.
CREATE TABLE facts (
    line BIGINT PRIMARY KEY, -- the request's line of the register
    changed BIGINT NOT NULL, -- of the register's line, as it was followed last
    seen BIGINT NOT NULL,
    state TEXT NOT NULL,
    standing TEXT NOT NULL, -- joined by commas
    role TEXT NOT NULL,
    partner TEXT NOT NULL,
    own INTEGER NOT NULL,
    branch TEXT NOT NULL,
    service TEXT NOT NULL,
    policy_line TEXT NOT NULL,
    proposal TEXT NOT NULL,
    proposal_reason TEXT NOT NULL,
    decision TEXT NOT NULL,
    decision_reason TEXT NOT NULL,
    difference TEXT NOT NULL,
    by_person INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_item TEXT NOT NULL,
    taken_up INTEGER NOT NULL,
    place INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    currency TEXT NOT NULL,
    charged BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    arrived_at BIGINT,
    asked_at BIGINT,
    answered_at BIGINT,
    decided_at BIGINT,
    shipped_at BIGINT,
    supplied_at BIGINT,
    received_at BIGINT,
    with_customer_at BIGINT,
    returned_at BIGINT,
    unfilled_at BIGINT,
    retry_at BIGINT,
    cancelled_at BIGINT,
    served_at BIGINT,
    lost_at BIGINT,
    ended_at BIGINT,
    days_to_answer INTEGER,
    days_to_ship INTEGER,
    days_to_supply INTEGER,
    days_to_send INTEGER,
    days_on_the_way INTEGER,
    days_to_hand_out INTEGER,
    days_to_receive INTEGER
);
CREATE INDEX facts_arrived ON facts (arrived_at);
CREATE INDEX facts_asked ON facts (asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX facts_answered ON facts (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX facts_decided ON facts (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX facts_shipped ON facts (shipped_at) WHERE shipped_at IS NOT NULL;
CREATE INDEX facts_supplied ON facts (supplied_at) WHERE supplied_at IS NOT NULL;
CREATE INDEX facts_received ON facts (received_at) WHERE received_at IS NOT NULL;
CREATE INDEX facts_with_customer ON facts (with_customer_at) WHERE with_customer_at IS NOT NULL;
CREATE INDEX facts_returned ON facts (returned_at) WHERE returned_at IS NOT NULL;
CREATE INDEX facts_unfilled ON facts (unfilled_at) WHERE unfilled_at IS NOT NULL;
CREATE INDEX facts_retry ON facts (retry_at) WHERE retry_at IS NOT NULL;
CREATE INDEX facts_cancelled ON facts (cancelled_at) WHERE cancelled_at IS NOT NULL;
CREATE INDEX facts_served ON facts (served_at) WHERE served_at IS NOT NULL;
CREATE INDEX facts_lost ON facts (lost_at) WHERE lost_at IS NOT NULL;
CREATE INDEX facts_ended ON facts (ended_at) WHERE ended_at IS NOT NULL;

-- What counts no more, or once more, from a time on: the times of a fact never change.
CREATE TABLE fact_corrections (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    line BIGINT NOT NULL,
    what TEXT NOT NULL,
    at BIGINT NOT NULL,
    count INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX fact_corrections_at ON fact_corrections (what, at);

-- Lenders that were asked for our requests.
CREATE TABLE fact_attempts (
    line BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    partner TEXT NOT NULL,
    place INTEGER NOT NULL,
    asked_at BIGINT,
    answered_at BIGINT,
    result TEXT NOT NULL,
    reason TEXT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (line, attempt)
);
CREATE INDEX fact_attempts_asked ON fact_attempts (asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX fact_attempts_answered ON fact_attempts (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX fact_attempts_sent ON fact_attempts (sent_at) WHERE sent_at IS NOT NULL;

-- Requests in whose place a Retry has come.
CREATE TABLE fact_taken_up (
    line BIGINT PRIMARY KEY
);

-- Acts of people by day and hour, never by person.
CREATE TABLE fact_work (
    day INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    deed TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, hour, deed)
);

-- How far the register's changes were followed.
CREATE TABLE fact_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    changed BIGINT NOT NULL,
    line BIGINT NOT NULL
);
INSERT INTO fact_mark (id, changed, line) VALUES (1, 0, -1);

CREATE INDEX exchange_faults_by_day ON exchange_faults (day);
