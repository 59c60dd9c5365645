-- Disputes of bills that began before version 34, in which `bill_disputes` came: taken from the bills' history, for figures of what was disputed when.
-- Those that are there stay as they are.
INSERT INTO bill_disputes (bill, since, until)
SELECT bill, at, until FROM (
    SELECT bill, at, state, lead(at) OVER (PARTITION BY bill ORDER BY id) AS until FROM (
        SELECT bill, id, at, CAST(entry AS JSON)->>'state' AS state, lag(CAST(entry AS JSON)->>'state') OVER (PARTITION BY bill ORDER BY id) AS before
        FROM bill_history WHERE CAST(entry AS JSON)->>'state' IS NOT NULL
    ) AS stood WHERE before IS NULL OR before <> state
) AS changed WHERE state = 'disputed'
ON CONFLICT (bill, since) DO NOTHING;
