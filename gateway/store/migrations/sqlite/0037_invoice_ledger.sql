-- What figures of lenders' invoices are counted from: lines that are added and never changed, and stay when an invoice goes.
CREATE TABLE invoice_ledger (
    id INTEGER PRIMARY KEY,
    invoice TEXT NOT NULL, -- no reference: it outlives the invoice
    lender TEXT NOT NULL, -- a partner's id, or the name on the invoice
    currency TEXT NOT NULL,
    dated TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX invoice_ledger_by_time ON invoice_ledger (at, invoice);
CREATE INDEX invoice_ledger_by_invoice ON invoice_ledger (invoice, at);
CREATE INDEX invoices_not_ended ON invoices (id) WHERE ended_at IS NULL;

-- The invoices that there are, as far as they tell when it was.
INSERT INTO invoice_ledger (invoice, lender, currency, dated, kind, amount, at)
SELECT id, coalesce(body->'claim'->>'partner', body->'claim'->>'lender'), currency, body->'claim'->>'dated', 'asked for', amount,
       (SELECT min(at) FROM invoice_history WHERE invoice_history.invoice = invoices.id)
FROM invoices WHERE state <> 'dropped' AND amount <> 0;
INSERT INTO invoice_ledger (invoice, lender, currency, dated, kind, amount, at)
SELECT id, coalesce(body->'claim'->>'partner', body->'claim'->>'lender'), currency, body->'claim'->>'dated', 'not owed after all',
       amount - CASE state WHEN 'withdrawn' THEN 0 ELSE agreed END, coalesce(ended_at, updated_at)
FROM invoices WHERE state <> 'dropped' AND amount <> CASE state WHEN 'withdrawn' THEN 0 ELSE agreed END;
INSERT INTO invoice_ledger (invoice, lender, currency, dated, kind, amount, at)
SELECT id, coalesce(body->'claim'->>'partner', body->'claim'->>'lender'), currency, body->'claim'->>'dated', state, agreed, updated_at
FROM invoices WHERE state IN ('paid', 'disputed') AND agreed <> 0;
