-- What waits because its lane failed, and is due as soon as the lane is back; rows of a version that knows no such thing are none.
ALTER TABLE effects ADD COLUMN with_lane BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX effects_with_lane ON effects (lane) WHERE with_lane;

-- When a login that was answered neither yes nor no was forgiven, since the last that worked.
ALTER TABLE logins ADD COLUMN forgiven_at INTEGER;
