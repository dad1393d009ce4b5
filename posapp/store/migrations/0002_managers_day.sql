-- 0002: refunds, people, shifts, closed days, decisions about odd payments, and lists of a million orders.

-- What a person decided about an odd payment; the gateway's own words stay beside it.
ALTER TABLE attempts ADD COLUMN settled TEXT;

-- Derived from the refunds in the same transaction, as status and needs_look are from the attempts.
ALTER TABLE orders ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);

CREATE TABLE refunds (
    id                 INTEGER PRIMARY KEY,
    merchant_refund_id TEXT    NOT NULL UNIQUE CHECK (length(merchant_refund_id) BETWEEN 1 AND 32),
    request_id         TEXT    NOT NULL UNIQUE,
    order_id           TEXT    NOT NULL REFERENCES orders (order_id),
    merchant_order_id  TEXT    NOT NULL REFERENCES attempts (merchant_order_id),
    payment_gateway_id TEXT,
    provider           TEXT    NOT NULL,
    amount_minor       INTEGER NOT NULL CHECK (amount_minor > 0),
    currency           TEXT    NOT NULL CHECK (length(currency) = 3),
    reason             TEXT    NOT NULL,
    business_day       TEXT    NOT NULL CHECK (business_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    created_us         INTEGER NOT NULL,
    asked_by           TEXT    NOT NULL, -- names; empty where nobody has signed in
    approved_by        TEXT    NOT NULL,
    owner              TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('REQUESTED', 'NOT_SENT', 'PROCESSING', 'SUCCEEDED', 'FAILED',
                                                         'UNKNOWN')),
    gateway_refund_id  TEXT,
    support_id         TEXT,
    problem_code       TEXT,
    problem_text       TEXT,
    review             TEXT,
    review_detail      TEXT,
    final_us           INTEGER,
    settled            TEXT
) STRICT;

CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_by_attempt ON refunds (merchant_order_id);
CREATE INDEX refunds_by_day ON refunds (business_day DESC, id DESC);
CREATE INDEX refunds_unfinished ON refunds (id DESC) WHERE state IN ('REQUESTED', 'PROCESSING', 'UNKNOWN');

CREATE TABLE people (
    person_id        TEXT    PRIMARY KEY,
    name             TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
    role             TEXT    NOT NULL CHECK (role IN ('CASHIER', 'MANAGER', 'OWNER')),
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    pin_hash         TEXT    NOT NULL, -- argon2id over the PIN and a key that only the keyring has
    ceiling_minor    INTEGER CHECK (ceiling_minor >= 0), -- refunds a day; NULL for none
    ceiling_currency TEXT    CHECK ((ceiling_currency IS NULL) = (ceiling_minor IS NULL)),
    failures         INTEGER NOT NULL CHECK (failures >= 0), -- wrong PINs since the last right one
    created_us       INTEGER NOT NULL
) STRICT;

CREATE TABLE shifts (
    number     INTEGER PRIMARY KEY CHECK (number > 0),
    opened_us  INTEGER NOT NULL,
    opened_by  TEXT    NOT NULL,
    opened_seq INTEGER NOT NULL, -- last audit row before it; what it took in lies behind
    closed_us  INTEGER,
    closed_by  TEXT,
    closed_seq INTEGER, -- last audit row that still belongs to it
    expected   TEXT,    -- canonical JSON: minor units by currency
    counted    TEXT,    -- the same
    note       TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX shifts_open ON shifts (closed_seq IS NULL) WHERE closed_seq IS NULL;

CREATE TABLE day_closes (
    number       INTEGER PRIMARY KEY CHECK (number > 0),
    business_day TEXT    NOT NULL UNIQUE CHECK (business_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    closed_us    INTEGER NOT NULL,
    closed_by    TEXT    NOT NULL,
    report       TEXT    NOT NULL, -- canonical JSON of the Z report
    prev_hash    TEXT    NOT NULL,
    hash         TEXT    NOT NULL
) STRICT;

CREATE TRIGGER refunds_keep_their_request BEFORE UPDATE OF
    merchant_refund_id, request_id, order_id, merchant_order_id, payment_gateway_id, provider, amount_minor, currency,
    reason, business_day, created_us, asked_by, approved_by ON refunds
BEGIN
    SELECT RAISE(ABORT, 'ids, amount and currency of a refund never change');
END;

CREATE TRIGGER refunds_are_never_deleted BEFORE DELETE ON refunds
BEGIN
    SELECT RAISE(ABORT, 'a refund is never deleted');
END;

CREATE TRIGGER people_are_never_deleted BEFORE DELETE ON people
BEGIN
    SELECT RAISE(ABORT, 'a person is never deleted');
END;

CREATE TRIGGER shifts_are_never_deleted BEFORE DELETE ON shifts
BEGIN
    SELECT RAISE(ABORT, 'a shift is never deleted');
END;

CREATE TRIGGER closed_shifts_never_change BEFORE UPDATE ON shifts WHEN OLD.closed_seq IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a closed shift never changes');
END;

CREATE TRIGGER day_closes_never_change BEFORE UPDATE ON day_closes
BEGIN
    SELECT RAISE(ABORT, 'a closed day never changes');
END;

CREATE TRIGGER day_closes_are_never_deleted BEFORE DELETE ON day_closes
BEGIN
    SELECT RAISE(ABORT, 'a closed day is never deleted');
END;

-- Lists of any size: each filter finds its rows through an index that is already in the list's order.
CREATE INDEX orders_by_cashier ON orders (cashier, business_day DESC, created_us DESC, id DESC);
CREATE INDEX orders_by_till ON orders (till, business_day DESC, created_us DESC, id DESC);
CREATE INDEX orders_by_amount ON orders (amount_minor, business_day DESC, created_us DESC, id DESC);
CREATE INDEX orders_refunded ON orders (business_day DESC, created_us DESC, id DESC) WHERE refunded_minor > 0;

-- When money came in: by the gateway's clock where it told, else by ours.
CREATE INDEX attempts_by_payment ON attempts (coalesce(paid_us, final_us)) WHERE state = 'SUCCEEDED';

-- What became known after its day was closed, and what a shift took: found by the audit's order, not by any clock.
CREATE INDEX orders_changed ON orders (business_day, version);
CREATE INDEX audit_paid ON audit (seq) WHERE event = 'state' AND new_state = 'SUCCEEDED';
CREATE INDEX audit_refunded ON audit (seq) WHERE event = 'refund' AND new_state = 'SUCCEEDED';

-- The ends of ids, last character first: a person reads out the end of an id, never its beginning.
CREATE INDEX attempts_by_tail ON attempts (
    (substr(merchant_order_id, -1, 1) || substr(merchant_order_id, -2, 1) || substr(merchant_order_id, -3, 1) || substr(merchant_order_id, -4, 1) || substr(merchant_order_id, -5, 1) || substr(merchant_order_id, -6, 1)) COLLATE NOCASE
);
CREATE INDEX attempts_by_gateway_tail ON attempts (
    (substr(gateway_id, -1, 1) || substr(gateway_id, -2, 1) || substr(gateway_id, -3, 1) || substr(gateway_id, -4, 1) || substr(gateway_id, -5, 1) || substr(gateway_id, -6, 1)) COLLATE NOCASE
) WHERE gateway_id IS NOT NULL;

-- Words of notes. What is found has to come in the order of the lists, so a note's row in the index is its place there:
-- business day, microsecond, and a count of the orders that share both (store/note_index.py writes new ones).
CREATE TABLE noted (
    order_row INTEGER PRIMARY KEY,
    place     INTEGER NOT NULL UNIQUE
) STRICT;

CREATE VIRTUAL TABLE note_words USING fts5 (
    note, content = '', columnsize = 0, prefix = '1 2 3 4 5', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT OR IGNORE INTO noted (order_row, place)
SELECT id,
    (min(max(CAST(strftime('%s', business_day) AS INTEGER) / 86400, 0), 32767) << 48)
    + (min(max(created_us - CAST(strftime('%s', business_day) AS INTEGER) * 1000000 + 172800000000, 0), 549755813887) << 9)
    + (row_number() OVER (PARTITION BY business_day, created_us ORDER BY id) - 1)
FROM orders
WHERE note <> '' AND strftime('%s', business_day) IS NOT NULL;

-- Every ideograph is a word of its own: Chinese is written without blanks.
INSERT INTO note_words (rowid, note)
SELECT noted.place, (
    WITH RECURSIVE letters (number, letter) AS (
        SELECT 1, substr(orders.note, 1, 1)
        UNION ALL
        SELECT number + 1, substr(orders.note, number + 1, 1) FROM letters WHERE number < length(orders.note)
    )
    SELECT group_concat(iif(unicode(letter) >= 11904, ' ' || letter || ' ', letter), '') FROM letters
)
FROM noted JOIN orders ON orders.id = noted.order_row
ORDER BY noted.place;
