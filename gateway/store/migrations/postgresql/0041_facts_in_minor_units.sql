-- What facts keep of money, in the minor unit of its currency: three digits of KWD, none of JPY. Before, it was kept in hundredths, whatever the
-- currency; those columns stay for gateways of the version before, and are dropped one release later, with the trigger.
-- Locked in the order in which gateways that keep facts lock them.
LOCK TABLE fact_mark, facts IN ACCESS EXCLUSIVE MODE;
DROP INDEX facts_supplied;
DROP INDEX facts_received;
ALTER TABLE facts ADD COLUMN charged_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN paid_minor BIGINT NOT NULL DEFAULT 0;
-- `changed` as it was when the two were written: where it is another one, a gateway of the version before has written the fact since.
ALTER TABLE facts ADD COLUMN minor_written BIGINT NOT NULL DEFAULT -1;

-- What is higher than any bill (10^10) is no amount.
CREATE FUNCTION fact_minor(hundredths BIGINT, currency TEXT) RETURNS BIGINT LANGUAGE SQL IMMUTABLE AS $$
    SELECT CASE
        WHEN hundredths NOT BETWEEN -999999999999 AND 999999999999 THEN 0
        WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN hundredths * 10
        WHEN currency IN ('CLF', 'UYW') THEN hundredths * 100
        WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF')
            THEN (hundredths + CAST(sign(hundredths) AS BIGINT) * 50) / 100
        ELSE hundredths
    END
$$;
-- The facts that there are, by the digits of their currency.
UPDATE facts SET charged_minor = fact_minor(charged, currency), paid_minor = fact_minor(paid, currency) WHERE charged <> 0 OR paid <> 0;

-- Gateways of the version before go on for a while, and write hundredths alone.
CREATE FUNCTION fact_of_before() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- What a newer gateway wrote keeps all its digits where only other things of the fact have changed.
    IF tg_op = 'INSERT' OR (new.charged, new.paid, new.currency) IS DISTINCT FROM (old.charged, old.paid, old.currency) THEN
        new.charged_minor = fact_minor(new.charged, new.currency);
        new.paid_minor = fact_minor(new.paid, new.currency);
    END IF;
    new.minor_written = new.changed;
    RETURN new;
END $$;
CREATE TRIGGER fact_written_by_a_gateway_of_before BEFORE INSERT OR UPDATE OF charged, paid ON facts
    FOR EACH ROW WHEN (new.minor_written <> new.changed) EXECUTE FUNCTION fact_of_before();

CREATE INDEX facts_supplied ON facts (supplied_at, role, partner, currency, charged_minor, own, service, branch) WHERE supplied_at IS NOT NULL;
CREATE INDEX facts_received ON facts (received_at, role, partner, currency, paid_minor, arrived_at, days_to_receive, own, service, branch)
    WHERE received_at IS NOT NULL;
