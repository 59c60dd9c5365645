-- Which bill asks for the fee of a request. Two who gather fees at once, and do not see the same ones, can't bill one twice.
CREATE TABLE bill_fees (
    request TEXT PRIMARY KEY,
    bill TEXT NOT NULL
);
CREATE INDEX bill_fees_of_bill ON bill_fees (bill);
