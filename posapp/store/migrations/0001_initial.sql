-- 0001: orders, their attempts, and the audit chain.
-- Money is an integer count of ISO 4217 minor units; instants are integer microseconds since 1970, UTC.

CREATE TABLE orders (
    id           INTEGER PRIMARY KEY,
    order_id     TEXT    NOT NULL UNIQUE,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency     TEXT    NOT NULL CHECK (length(currency) = 3),
    note         TEXT    NOT NULL,
    till         TEXT    NOT NULL,
    cashier      TEXT    NOT NULL,
    business_day TEXT    NOT NULL CHECK (business_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    created_us   INTEGER NOT NULL,
    -- derived from the attempts in the same transaction, for lists and filters; `posapp verify` compares them
    status       TEXT    NOT NULL CHECK (status IN ('OPEN', 'PAID', 'OVERPAID', 'CLOSED')),
    needs_look   INTEGER NOT NULL CHECK (needs_look IN (0, 1)),
    version      INTEGER NOT NULL
) STRICT;

CREATE INDEX orders_by_day ON orders (business_day DESC, created_us DESC, id DESC);
CREATE INDEX orders_open ON orders (business_day DESC, created_us DESC, id DESC) WHERE status = 'OPEN';
CREATE INDEX orders_paid ON orders (business_day DESC, created_us DESC, id DESC) WHERE status IN ('PAID', 'OVERPAID');
CREATE INDEX orders_closed ON orders (business_day DESC, created_us DESC, id DESC) WHERE status = 'CLOSED';
CREATE INDEX orders_to_look_at ON orders (business_day DESC, created_us DESC, id DESC) WHERE needs_look = 1;
CREATE INDEX orders_open_by_amount ON orders (amount_minor, currency, business_day DESC, created_us DESC, id DESC)
    WHERE status = 'OPEN';

CREATE TABLE attempts (
    id                 INTEGER PRIMARY KEY,
    merchant_order_id  TEXT    NOT NULL UNIQUE CHECK (length(merchant_order_id) BETWEEN 1 AND 32),
    order_id           TEXT    NOT NULL REFERENCES orders (order_id),
    number             INTEGER NOT NULL CHECK (number > 0),
    provider           TEXT    NOT NULL,
    flow               TEXT    NOT NULL,
    amount_minor       INTEGER NOT NULL CHECK (amount_minor > 0),
    currency           TEXT    NOT NULL CHECK (length(currency) = 3),
    description        TEXT    NOT NULL,
    request_id         TEXT    NOT NULL UNIQUE,
    confirm_request_id TEXT    NOT NULL UNIQUE,
    cancel_request_id  TEXT    NOT NULL UNIQUE,
    payer_open_id      TEXT,
    payer_app_id       TEXT,
    created_us         INTEGER NOT NULL,
    owner              TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('CREATING', 'NOT_SENT', 'REFUSED', 'CREATED', 'PENDING',
                                                         'UNKNOWN', 'ORPHAN', 'SUCCEEDED', 'CANCELLED', 'LAPSED')),
    gateway_id         TEXT,
    code_kind          TEXT,
    code_content       TEXT,
    code_dead          INTEGER NOT NULL DEFAULT 0 CHECK (code_dead IN (0, 1)),
    support_id         TEXT,
    problem_code       TEXT,
    problem_text       TEXT,
    review             TEXT,
    review_detail      TEXT,
    alarm              TEXT,
    shown_us           INTEGER,
    given_up_us        INTEGER,
    final_us           INTEGER,
    paid_us            INTEGER,
    paid_raw           TEXT,
    UNIQUE (order_id, number)
) STRICT;

CREATE INDEX attempts_non_final ON attempts (id DESC)
    WHERE state IN ('CREATING', 'CREATED', 'PENDING', 'UNKNOWN', 'ORPHAN');
CREATE INDEX attempts_soft_final ON attempts (final_us DESC) WHERE state = 'CANCELLED' AND shown_us IS NOT NULL;
CREATE INDEX attempts_by_gateway_id ON attempts (gateway_id) WHERE gateway_id IS NOT NULL;

CREATE TABLE audit (
    seq               INTEGER PRIMARY KEY,
    at_us             INTEGER NOT NULL,
    order_id          TEXT    NOT NULL,
    merchant_order_id TEXT,
    event             TEXT    NOT NULL,
    old_state         TEXT,
    new_state         TEXT,
    facts             TEXT    NOT NULL,
    row_hash          TEXT    NOT NULL, -- of the order and attempt as this change left them
    prev_hash         TEXT    NOT NULL,
    hash              TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_by_order ON audit (order_id, seq);

-- The audit is append-only, and what was asked of a gateway never changes afterwards.

CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER attempts_keep_their_request BEFORE UPDATE OF
    merchant_order_id, order_id, number, provider, flow, amount_minor, currency, description, request_id,
    confirm_request_id, cancel_request_id, payer_open_id, payer_app_id, created_us ON attempts
BEGIN
    SELECT RAISE(ABORT, 'ids, amount and currency of an attempt never change');
END;

CREATE TRIGGER orders_keep_their_request BEFORE UPDATE OF
    order_id, amount_minor, currency, note, till, cashier, business_day, created_us ON orders
BEGIN
    SELECT RAISE(ABORT, 'amount, currency and day of an order never change');
END;

CREATE TRIGGER attempts_are_never_deleted BEFORE DELETE ON attempts
BEGIN
    SELECT RAISE(ABORT, 'an attempt is never deleted');
END;

CREATE TRIGGER orders_are_never_deleted BEFORE DELETE ON orders
BEGIN
    SELECT RAISE(ABORT, 'an order is never deleted');
END;
