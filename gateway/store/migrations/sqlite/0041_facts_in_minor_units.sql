-- What facts keep of money, in the minor unit of its currency: three digits of KWD, none of JPY. Before, it was kept in hundredths, whatever the
-- currency; those columns stay for gateways of the version before, and are dropped one release later.
DROP INDEX facts_supplied;
DROP INDEX facts_received;
ALTER TABLE facts ADD COLUMN charged_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN paid_minor INTEGER NOT NULL DEFAULT 0;
-- `changed` as it was when the two were written: where it is another one, a gateway of the version before has written the fact since.
ALTER TABLE facts ADD COLUMN minor_written INTEGER NOT NULL DEFAULT -1;

-- The facts that there are, by the digits of their currency. What is higher than any bill (10^10) is no amount.
UPDATE facts SET charged_minor = charged, paid_minor = paid
WHERE (charged <> 0 OR paid <> 0) AND max(abs(charged), abs(paid)) < 1000000000000;
UPDATE facts SET charged_minor = charged_minor * 10, paid_minor = paid_minor * 10
WHERE (charged <> 0 OR paid <> 0) AND currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND');
UPDATE facts SET charged_minor = charged_minor * 100, paid_minor = paid_minor * 100
WHERE (charged <> 0 OR paid <> 0) AND currency IN ('CLF', 'UYW');
UPDATE facts SET charged_minor = (charged_minor + sign(charged_minor) * 50) / 100, paid_minor = (paid_minor + sign(paid_minor) * 50) / 100
WHERE (charged <> 0 OR paid <> 0)
    AND currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF');

CREATE INDEX facts_supplied ON facts (supplied_at, role, partner, currency, charged_minor, own, service, branch) WHERE supplied_at IS NOT NULL;
CREATE INDEX facts_received ON facts (received_at, role, partner, currency, paid_minor, arrived_at, days_to_receive, own, service, branch)
    WHERE received_at IS NOT NULL;
