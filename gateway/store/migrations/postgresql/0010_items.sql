-- Requests keep their order at an item: which item a row is about, and the place of its request there.
-- Rows of a version that knows no items have none, and wait for nobody.
ALTER TABLE effects ADD COLUMN item TEXT;
ALTER TABLE effects ADD COLUMN item_turn BIGINT;

-- Where a claim looks who was at the item before.
CREATE INDEX effects_by_item ON effects (lane, item, item_turn) WHERE item IS NOT NULL;
