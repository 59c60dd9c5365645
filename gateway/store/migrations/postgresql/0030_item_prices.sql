-- What customers are charged for borrowed items that were not returned, as staff set it in the ILS and it was read back.
CREATE TABLE item_prices (
    request TEXT PRIMARY KEY,
    settled BOOLEAN NOT NULL,
    body JSON NOT NULL
);
CREATE INDEX item_prices_open ON item_prices (request) WHERE NOT settled;
