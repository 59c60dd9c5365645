"""The SQL that both databases understand, with `$1`-style parameters (`?1` for SQLite: `numbered`).

What a dialect needs of its own stands in that dialect's module. Every statement that the accept path or the
queue uses is driven by an index; tests/store/test_plans.py looks at both databases' plans.
"""

# ruff: noqa: S105, S608 - statements are put together from this module's own pieces, and hold no secret

from collections.abc import Collection, Sequence
from functools import cache

from gateway.iso18626.codes import Action
from gateway.store.columns import Params, padded, places
from gateway.store.port import RequestFilter
from gateway.workflow.effects import SendAction

CHANGE_MARK = "change_mark()"
"""A number that rises with the changes of the register."""


@cache
def numbered(statement: str) -> str:
    """Return a statement as SQLite has it: its numbered parameters, and what counts its changes."""
    return statement.replace("$", "?").replace(CHANGE_MARK, "(SELECT coalesce(max(changed), 0) + 1 FROM register)")


def is_among(column: str) -> str:
    """Return the condition that a column is one of the `columns.lines` in $2: however many they are, one statement does for all."""
    return f"replace(CAST($2 AS TEXT), '\n' || {column} || '\n', '') <> $2"


ASKS = SendAction.key_of(Action.STATUS_REQUEST)
"""The question where a request stands."""
IS_HELD = "EXISTS (SELECT 1 FROM recovery WHERE holds = 1)"

# a change, in the order of writing

WITHDRAW_ALL = f"DELETE FROM effects WHERE request = $1 AND started_at IS NULL AND {is_among('key')}"
WITHDRAW = "DELETE FROM effects WHERE request = $1 AND key = $2 AND started_at IS NULL"
STILL_THERE = "SELECT 1 FROM effects WHERE request = $1 AND key = $2 LIMIT 1"
COMPLETE = "DELETE FROM effects WHERE id = $1 AND leased_by = $2 AND request = $3"
INSERT_REQUEST = """
    INSERT INTO requests (id, role, state, version, peer, partner, requesting_agency_key, partner_request_id,
                          updated_at, first_content, search, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11)"""
"""`search` is what gateways of before the register looked for; it is written no more, and may not be NULL."""
UPDATE_REQUEST = """
    UPDATE requests SET state = $3, version = $2, peer = $4, partner = $5, partner_request_id = $6, updated_at = $7, body = $8
    WHERE id = $1 AND version = $2 - 1"""
STEP_REQUEST = """
    UPDATE requests SET state = $3, version = $2, updated_at = $4, body = $5
    WHERE id = $1 AND version = $2 - 1"""
"""Of one that keeps its names: SQLite writes the indexes of all that is set, changed or not."""
INSERT_HISTORY = "INSERT INTO history (request, at, entry, event) VALUES ($1, $2, $3, $4)"
INSERT_MESSAGE = """
    INSERT INTO messages (request, peer, digest, content, received_at, kind, ok, document, confirmation, repairs)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
INSERT_EFFECT = f"""
    INSERT INTO effects (request, key, kind, lane, due_at, effect, item, item_turn, is_first, peer, turn)
    VALUES ($1, $2, $3, $4, $5, $6, CAST($9 AS TEXT), CASE WHEN CAST($9 AS TEXT) IS NOT NULL THEN coalesce(
                CAST($10 AS BIGINT),
                (SELECT min(item_turn) FROM effects WHERE lane = $4 AND item = $9 AND request = $1),
                (SELECT max(item_turn) + 1 FROM effects WHERE lane = $4 AND item = $9), 1) END,
            $4 = '' OR ($2 = '{ASKS}' AND {IS_HELD}) OR NOT EXISTS (SELECT 1 FROM effects WHERE request = $1 AND lane = $4),
            CAST($7 AS TEXT), CASE WHEN CAST($7 AS TEXT) IS NULL THEN NULL WHEN $8 = 1 THEN 0 ELSE (
                SELECT max(turn) FROM (
                    SELECT max(turn) + 1 AS turn FROM effects WHERE lane = $4 AND peer = $7 AND turn IS NOT NULL
                    UNION ALL SELECT max(turn) FROM effects WHERE lane = $4 AND leased_until IS NOT NULL
                    UNION ALL SELECT min(turn) FROM effects WHERE is_first AND lane = $4 AND turn > 0
                    UNION ALL SELECT 1) AS turns) END)"""
"""Turns are start tags of start-time fair queuing: a peer's next is one after its last, and a peer that had nothing to do
begins where the lane is, which is the turn that is being served or, while nothing is, the first that waits.
The question where a request stands comes first while work is held, or it would wait behind what is not claimed.
An item's turns are requests': one keeps its place at the item ($10, or what it has there) until nothing of it is left."""
INSERT_UNORDERED = """
    INSERT INTO effects (request, key, kind, lane, due_at, effect, is_first, turn) VALUES ($1, $2, $3, '', $4, $5, TRUE, NULL)"""
"""The same for what is in no lane, as most of a new request's work is: nothing stands before it."""
PROMOTE = """
    UPDATE effects SET is_first = TRUE
    WHERE request = $1 AND NOT is_first AND NOT EXISTS (
        SELECT 1 FROM effects AS earlier
        WHERE earlier.request = effects.request AND earlier.lane = effects.lane AND earlier.id < effects.id)"""
CLOSE_TASKS = f"UPDATE tasks SET closed_at = $3 WHERE request = $1 AND closed_at IS NULL AND {is_among('kind')}"
OPEN_TASK = """
    INSERT INTO tasks (request, kind, words, opened_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (request, kind) WHERE closed_at IS NULL DO UPDATE SET words = excluded.words"""
OPEN_FIRST_TASK = "INSERT INTO tasks (request, kind, words, opened_at) VALUES ($1, $2, $3, $4)"
"""Of a request that is new: none can be open."""

INSERT_CUSTOMER = "INSERT INTO customers (request, body) VALUES ($1, $2)"
INSERT_WORK = "INSERT INTO customer_works (request, barcode, work, asked_at) VALUES ($1, $2, $3, $4)"
CORRECT_CUSTOMER = "UPDATE customers SET body = $2 WHERE request = $1"
CORRECT_WORKS = "UPDATE customer_works SET barcode = $2 WHERE request = $1"
INSERT_INTAKE_KEY = "INSERT INTO intake_keys (key, request) VALUES ($1, $2)"
INSERT_COPIED = "INSERT INTO copied (request, key, asked_at) VALUES ($1, $2, $3)"
INSERT_ACT_KEY = "INSERT INTO act_keys (key, at, body) VALUES ($1, $2, $3)"
MOVE_BARCODE = """
    INSERT INTO pool_barcodes (barcode, range, state, request, since) VALUES ($1, '', $2, $3, $4)
    ON CONFLICT (barcode) DO UPDATE SET state = excluded.state, request = excluded.request, since = excluded.since
    WHERE (pool_barcodes.request IS NULL AND pool_barcodes.state <> 'blocked' AND (pool_barcodes.since = $6 OR $6 < 0))
        OR pool_barcodes.request = $5"""
"""$6: since when it was free as it was found, -1 for whenever. Another request may have had it and let it go since then: it rests."""

# the queue

EFFECT_COLUMNS = (
    "id, request, effect, lane, due_at, attempts, started_at, payload, turn, item_turn, with_lane, leased_until, "
    "failed, failing_since"
)
_STANDS_BEFORE = """earlier.lane = effects.lane AND earlier.item = effects.item AND earlier.is_first
            AND ((earlier.leased_until > $2 AND earlier.request <> effects.request) OR (
                (earlier.item_turn, earlier.request) < (effects.item_turn, effects.request)
                AND (earlier.due_at - 5000000 <= $2 OR (earlier.attempts > 0 AND earlier.kind = 'perform'))))"""
_ITEM_IS_FREE = f"""(item IS NULL OR NOT EXISTS (
        SELECT 1 FROM effects AS earlier
        WHERE {_STANDS_BEFORE}))"""
"""Of two requests that want something of one item, the one that asked first comes to its end first: an act, the look after it (soon due, 5 s), an act
that could not begin yet. What is under way comes to its end whoever asked first. What waits for longer (time to undo, a second look) holds nobody up.
A row that can't run itself holds nobody up either, so that requests with several items never wait for each other in a circle.
"""
_MAY_GO_ON = f"""(NOT {IS_HELD} OR key = '{ASKS}'
        OR (SELECT goes_on_at FROM recovery_requests AS let_go WHERE let_go.request = effects.request) IS NOT NULL)"""
"""After a restore nothing is claimed but the question where a request stands, and the work of requests that people let go on."""
CLAIMABLE = f"""
    FROM effects WHERE is_first AND lane = $1 AND coalesce(leased_until, due_at) <= $2 AND {_ITEM_IS_FREE}
        AND {_MAY_GO_ON}
    ORDER BY coalesce(leased_until, due_at), id LIMIT $3"""
CLAIMABLE_IN_TURN = f"""
    FROM effects WHERE is_first AND turn IS NOT NULL AND lane = $1 AND coalesce(leased_until, due_at) + 0 <= $2
        AND {_ITEM_IS_FREE} AND {_MAY_GO_ON}
    ORDER BY turn, id LIMIT $3"""
"""`+ 0` keeps planners from reading and sorting all that is due; walking along the turns, what is not due yet is passed
over, and in lanes that peers share that is little: an act that can be undone, a second look."""
START = """
    UPDATE effects SET started_at = $3, payload = coalesce($4, payload) WHERE id = $1 AND leased_by = $2"""
POSTPONE = """
    UPDATE effects SET due_at = $3, attempts = attempts + $4, with_lane = ($5 = 1), leased_until = NULL, leased_by = NULL,
                       failed = coalesce($6, failed), failing_since = coalesce(failing_since, $7)
    WHERE id = $1 AND leased_by = $2"""
POSTPONE_UNSTARTED = """
    UPDATE effects SET due_at = $3, attempts = attempts + $4, with_lane = ($5 = 1), leased_until = NULL, leased_by = NULL,
                       failed = coalesce($6, failed), failing_since = coalesce(failing_since, $7), started_at = NULL
    WHERE id = $1 AND leased_by = $2"""
NEXT_DUE = """
    SELECT due_at FROM effects
    WHERE is_first AND lane = $1 AND coalesce(leased_until, due_at) > $2 AND leased_until IS NULL
    ORDER BY coalesce(leased_until, due_at) LIMIT 1"""
LOCK_REQUEST = "UPDATE requests SET version = version WHERE id = $1"
"""Makes whoever changes several of a request's effects wait for each other; of use on PostgreSQL alone."""
HURRY = "UPDATE effects SET due_at = $2 WHERE request = $1 AND due_at > $2 AND kind <> $3"
WITH_LANE = "SELECT id FROM effects WHERE with_lane AND lane = $1 AND due_at > $2"
FAILED = """
    SELECT id FROM effects
    WHERE is_first AND lane = $1 AND coalesce(leased_until, due_at) > $2 AND leased_until IS NULL
        AND (with_lane OR attempts > 0)"""
BRING_BACK, BRING_BACK_FAILED = (
    f"UPDATE effects SET due_at = $2 WHERE id IN ({which})" for which in (WITH_LANE, FAILED)
)
SET_BACK = """
    SELECT id FROM effects
    WHERE due_at > $2 AND leased_until IS NULL AND (
        (due_at <= $3 AND (kind <> $4 OR $5 = 1)) OR (kind <> $4 AND (with_lane OR failed IS NOT NULL)))"""
"""What failed waits for a while and for no day of the calendar, however long the site has it wait at the most."""
BRING_FORWARD = f"UPDATE effects SET due_at = due_at + $1 WHERE id IN ({SET_BACK})"
BRING_BACKOFFS_FORWARD = "UPDATE backoffs SET until = until + $1 WHERE until > $2"
MOVE_LEASES = "UPDATE effects SET leased_until = leased_until + $1 WHERE leased_by = $2 AND leased_until IS NOT NULL"
LANES_OF = "SELECT DISTINCT lane FROM effects WHERE request = $1"
LANES = """
    WITH RECURSIVE walk (lane) AS (
        SELECT min(lane) FROM effects WHERE is_first
        UNION ALL
        SELECT (SELECT min(lane) FROM effects WHERE is_first AND lane > walk.lane) FROM walk WHERE lane IS NOT NULL)
    SELECT lane FROM walk WHERE lane IS NOT NULL"""
"""Steps from lane to lane along the index, however long the lanes are."""
DEPTHS = """
    SELECT lane, count(*), min(CASE WHEN is_first AND due_at <= $1 THEN due_at END) FROM effects
    WHERE kind <> $2 OR due_at <= $1 GROUP BY lane ORDER BY lane"""
"""What waits behind another row of its request is not late: it can't begin before that one has ended."""
COUNT_WAITING = "SELECT count(*) FROM effects WHERE is_first AND lane = $1"
LEASED = "SELECT count(*) FROM effects WHERE lane = $1 AND leased_until > $2"
FREE_LEASES = """
    UPDATE effects SET leased_until = NULL, leased_by = NULL WHERE leased_by = $1 AND leased_until IS NOT NULL"""
LEASED_BY = "SELECT id FROM effects WHERE leased_by = $1 AND lane = $2 AND leased_until IS NOT NULL"
FREE_LEASE = "UPDATE effects SET leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2"
COUNT_DUE = """
    SELECT count(*) FROM effects WHERE is_first AND lane = '' AND coalesce(leased_until, due_at) <= $2 AND key = $1"""
SET_BACKOFF = """
    INSERT INTO backoffs (lane, until, failures, words, since) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (lane) DO UPDATE SET until = excluded.until, failures = excluded.failures, words = excluded.words,
        since = excluded.since"""
CLEAR_BACKOFF = "DELETE FROM backoffs WHERE lane = $1"
BACKOFFS = "SELECT lane, until, failures, words, since FROM backoffs ORDER BY lane"

LOGINS = "SELECT refusals, refused_at, trying, tried_at, version, forgiven_at FROM logins WHERE acs = $1"
SET_LOGINS = """
    INSERT INTO logins (acs, refusals, refused_at, trying, tried_at, version, forgiven_at)
    VALUES ($1, $2, $3, $4, $5, $6 + 1, $7)
    ON CONFLICT (acs) DO UPDATE SET refusals = excluded.refusals, refused_at = excluded.refused_at,
        trying = excluded.trying, tried_at = excluded.tried_at, version = excluded.version,
        forgiven_at = excluded.forgiven_at
    WHERE logins.version = $6"""

TURN_OF = "SELECT at FROM turns WHERE duty = $1"
TAKE_TURN = """
    INSERT INTO turns (duty, at) VALUES ($1, $2)
    ON CONFLICT (duty) DO UPDATE SET at = excluded.at WHERE turns.at < excluded.at OR turns.at > $3"""
"""$3: a time to come that no clock that is right has taken a duty on for."""

# reads

REQUEST = "SELECT body FROM requests WHERE id = $1"
REQUEST_BY_PARTNER_ID = """
    SELECT body FROM requests WHERE role = $1 AND requesting_agency_key = $2 AND partner_request_id = $3"""
CONFIRMATION = "SELECT confirmation FROM messages WHERE peer = $1 AND digest = $2 AND ok"
FIRST_CONTENT = "SELECT first_content FROM requests WHERE id = $1"
CHANGED_AFTER = "SELECT id, updated_at FROM requests WHERE updated_at > $1 ORDER BY updated_at DESC, id DESC LIMIT $2"
COUNT_BY_STATE = "SELECT state, count(*) FROM requests GROUP BY state"
HISTORY = "SELECT entry FROM history WHERE request = $1 AND entry IS NOT NULL ORDER BY id"
HISTORY_OF_NONE = HISTORY.replace("= $1", "IS NULL")
PENDING = f"SELECT {EFFECT_COLUMNS} FROM effects WHERE request = $1 ORDER BY id"
BEFORE_AT_ITEM = f"""
    SELECT effects.id, min(earlier.request) FROM effects JOIN effects AS earlier ON {_STANDS_BEFORE}
    WHERE effects.request = $1 AND effects.item IS NOT NULL GROUP BY effects.id"""
MESSAGES = """
    SELECT peer, digest, content, received_at, kind, ok, document, confirmation, repairs
    FROM messages WHERE request = $1 ORDER BY id"""

# policies and tokens

POLICY = "SELECT version, document FROM policies ORDER BY version DESC LIMIT 1"
POLICY_OF = "SELECT document FROM policies WHERE version = $1"
POLICIES = "SELECT version, saved_at, saved_by FROM policies ORDER BY version DESC LIMIT $1"
SAVE_POLICY = """
    INSERT INTO policies (version, document, saved_at, saved_by) VALUES ($1, $2, $3, $4)
    ON CONFLICT (version) DO NOTHING"""
TOKENS = "SELECT name, role, hash, created_at, revoked_at, ends_at, suspended_at FROM tokens ORDER BY name"
ADD_TOKEN = """
    INSERT INTO tokens (name, role, hash, created_at, ends_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING"""
REVOKE_TOKEN = "UPDATE tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL"

# the local item list

LAST_RUN = "SELECT coalesce(max(import_run), 0) FROM items"
SAVE_ITEM = """
    INSERT INTO items (item_barcode, import_run, body) VALUES ($1, $2, $3)
    ON CONFLICT (item_barcode) DO UPDATE SET import_run = excluded.import_run, body = excluded.body"""
DROP_KEYS = "DELETE FROM item_keys WHERE item_barcode = $1"
SAVE_KEY = "INSERT INTO item_keys (key, item_barcode) VALUES ($1, $2) ON CONFLICT (key, item_barcode) DO NOTHING"
DROP_OLD_ITEMS = """
    DELETE FROM items WHERE item_barcode IN (SELECT item_barcode FROM items WHERE import_run < $1 LIMIT $2)"""
FIND_ITEMS = """
    SELECT items.body FROM item_keys JOIN items ON items.item_barcode = item_keys.item_barcode
    WHERE item_keys.key = $1 ORDER BY items.item_barcode"""
ITEM_BARCODES = "SELECT item_barcode FROM items WHERE item_barcode > $1 ORDER BY item_barcode LIMIT $2"
ITEM = "SELECT body FROM items WHERE item_barcode = $1"

CHECK = "UPDATE checks SET count = count + 1 WHERE id = 1"


def find_requests(where: RequestFilter, before: tuple[int, str] | None) -> tuple[str, Params]:
    """Return the query for a filter; `before` is its `before` with the time in microseconds.

    One branch for each state, newest first and limited in itself: the index of a state gives its rows in this
    order, so that a state with a million rows costs no more than one with a few.
    """
    params: list[str | int] = []

    def bind(value: str | int) -> str:
        params.append(value)
        return f"${len(params)}"

    conditions = ["TRUE"]
    if where.role is not None:
        conditions.append(f"role = {bind(where.role)}")
    if where.partner is not None:
        conditions.append(f"partner = {bind(where.partner)}")
    if where.peer is not None:
        conditions.append(f"peer = {bind(where.peer)}")
    if before is not None:
        conditions.append(f"(updated_at, id) < ({bind(before[0])}, {bind(before[1])})")
    newest = f"ORDER BY updated_at DESC, id DESC LIMIT {bind(where.limit)}"
    states = [f" AND state = {bind(state)}" for state in dict.fromkeys(where.states)] or [""]
    columns = "SELECT id, updated_at, body FROM"
    branches = [f"{columns} requests WHERE {' AND '.join(conditions)}{state} {newest}" for state in states]
    union = " UNION ALL ".join(f"SELECT * FROM ({branch}) AS branch" for branch in branches)
    return f"SELECT body FROM ({union}) AS listed {newest}", tuple(params)


def pending_of(requests: Sequence[str]) -> tuple[str, list[str]]:
    """Return the query for the queued effects of requests."""
    params = padded(requests, "")
    return f"SELECT {EFFECT_COLUMNS} FROM effects WHERE request IN ({places(len(params))}) ORDER BY id", params


def failing_in(lanes: Sequence[str]) -> tuple[str, list[str]]:
    """Return the query for what failed in lanes and is tried again, as rows of back-offs; of one lane at least."""
    params = padded(lanes, lanes[0])
    columns = "lane, min(due_at), count(*), min(failed), min(failing_since)"
    return (
        f"""
        SELECT {columns} FROM effects
        WHERE is_first AND failed IS NOT NULL AND lane IN ({places(len(params))}) GROUP BY lane ORDER BY lane""",
        params,
    )


def count_of_partner(
    role: str, partner: str, states: Collection[str], before: tuple[int, str] | None
) -> tuple[str, tuple[str | int, ...]]:
    """Return the query for how many of a partner's requests are in states; `before` with the time in microseconds."""
    among = places(len(states), 3)
    statement = f"SELECT count(*) FROM requests WHERE role = $1 AND partner = $2 AND state IN ({among})"
    params: tuple[str | int, ...] = (role, partner, *states)
    if before is None:
        return statement, params
    return f"{statement} AND (updated_at, id) < (${len(params) + 1}, ${len(params) + 2})", (*params, *before)
