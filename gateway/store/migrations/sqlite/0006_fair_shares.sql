-- In a lane that peers share they take turns: whose turn a row takes, and which. Rows without a turn go by their due time.
-- 0 goes ahead of all: what a person waits for, and rows of a version that knows no turns.
ALTER TABLE effects ADD COLUMN peer TEXT;
ALTER TABLE effects ADD COLUMN turn INTEGER DEFAULT 0;

-- What a claim in turn walks, and where a peer's last turn is found.
CREATE INDEX effects_in_turn ON effects (lane, turn, id) WHERE is_first AND turn IS NOT NULL;
CREATE INDEX effects_by_peer ON effects (lane, peer, turn) WHERE turn IS NOT NULL;
