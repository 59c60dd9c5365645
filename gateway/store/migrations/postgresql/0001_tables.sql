-- Times are microseconds since 1970 UTC. Lane '' stands for no lane. JSON (kept as text, as written)
-- comes from gateway/store/encoding.py alone.

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    peer TEXT NOT NULL,
    partner TEXT,
    requesting_agency_key TEXT NOT NULL, -- casefolded
    partner_request_id TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    first_content TEXT, -- the content digest of the message that made the request
    search TEXT NOT NULL, -- casefolded: ids, title, item barcodes
    body JSON NOT NULL,
    UNIQUE (role, requesting_agency_key, partner_request_id)
);
CREATE INDEX requests_by_time ON requests (updated_at, id);
CREATE INDEX requests_by_state ON requests (state, updated_at, id);
CREATE INDEX requests_by_partner ON requests (partner, updated_at, id);

CREATE TABLE history (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT REFERENCES requests (id), -- null: of no request at all
    at BIGINT NOT NULL,
    entry JSON,
    event JSON -- beside the first entry that tells of it
);
CREATE INDEX history_by_request ON history (request, id);

CREATE TABLE messages (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT REFERENCES requests (id),
    peer TEXT NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    ok BOOLEAN NOT NULL,
    document BYTEA NOT NULL,
    confirmation BYTEA NOT NULL,
    repairs JSON NOT NULL
);
CREATE INDEX messages_by_digest ON messages (peer, digest, id) WHERE ok;
CREATE INDEX messages_by_request ON messages (request, id);

-- Only what is still to do: a row goes when its outcome is decided on. So the table is vacuumed and measured often.
CREATE TABLE effects (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT NOT NULL REFERENCES requests (id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL, -- the effect's tag
    lane TEXT NOT NULL,
    is_first BOOLEAN NOT NULL, -- no earlier row of its request in its lane; always so without a lane
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until BIGINT,
    leased_by TEXT,
    started_at BIGINT,
    effect JSON NOT NULL,
    payload BYTEA
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- What a claim walks: only rows that may run, leased ones in the place where their lease ends.
CREATE INDEX effects_ready ON effects (lane, coalesce(leased_until, due_at), id) WHERE is_first;
CREATE INDEX effects_by_request ON effects (request, lane, id);

CREATE TABLE tasks (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    request TEXT NOT NULL REFERENCES requests (id),
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    claimed_by TEXT,
    closed_at BIGINT
);
CREATE UNIQUE INDEX tasks_open ON tasks (request, kind) WHERE closed_at IS NULL;
CREATE INDEX tasks_by_kind ON tasks (kind, id) WHERE closed_at IS NULL;

CREATE TABLE backoffs (
    lane TEXT PRIMARY KEY,
    until BIGINT NOT NULL,
    failures BIGINT NOT NULL
);

CREATE TABLE peers (
    id TEXT PRIMARY KEY,
    body JSON NOT NULL
);

CREATE TABLE partners (
    id TEXT PRIMARY KEY,
    body JSON NOT NULL
);

CREATE TABLE policies (
    version BIGINT PRIMARY KEY,
    document BYTEA NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by TEXT NOT NULL
);

CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE items (
    item_barcode TEXT PRIMARY KEY,
    import_run BIGINT NOT NULL, -- the import that wrote it last
    body JSON NOT NULL
);
CREATE INDEX items_by_run ON items (import_run);

CREATE TABLE item_keys (
    key TEXT NOT NULL,
    item_barcode TEXT NOT NULL REFERENCES items (item_barcode) ON DELETE CASCADE,
    PRIMARY KEY (key, item_barcode)
);
CREATE INDEX item_keys_by_item ON item_keys (item_barcode);

-- What `check` writes.
CREATE TABLE checks (
    id BIGINT PRIMARY KEY,
    count BIGINT NOT NULL
);
INSERT INTO checks (id, count) VALUES (1, 0);
