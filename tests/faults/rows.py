"""The rows of the fault matrix: each is proved by the tests that carry its id, or says why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """One fault and what has to happen.

    Attributes:
        id: Like `K1`; a test proves it by being called `test_k1_...`.
        fault: What goes wrong.
        must: What the till has to do about it.
    """

    id: str
    fault: str
    must: str


@dataclass(frozen=True)
class Group:
    """Rows of one kind, in the room of that name."""

    room: str
    title: str
    rows: tuple[Row, ...]


def _rows(text: str) -> tuple[Row, ...]:
    """Read rows written as `id | fault | what must happen`, one a line."""
    cells = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return tuple(Row(*row) for row in cells)


DEATH: Final = Group(
    "death",
    "Process death and power cuts",
    _rows("""
K1 | killed before the order is committed | nothing was sent and nothing is listed
K2 | killed between the commit and the send | unknown after the restart, asked about; the cashier reads that no code was shown
K3 | killed between the send and the reply | found by asking, watched as an order whose code nobody saw
K4 | killed between the reply and its commit | as K3
K5 | killed between the commit of the code and "shown" | the code may be shown now
K6 | killed between "shown" and the paint | counts as shown: the same code is offered again, never a new one
K7 | killed with the code on screen; the shopper pays meanwhile | paid within one cycle of the start, with the gateway's pay time
K8 | killed between the answer "paid" and its commit | learnt again: one transition to paid, one audit row
K9 | killed during migration, backup, restore, export, settings | the old file or the new one, never half; no good backup replaced by a bad one
K10 | power cut at any write of the ledger | no acknowledged order and no "paid" is lost; the file is whole
K11 | SIGTERM, end of session, window closed with open orders | ends within 2 s without a word about threads; the orders go on after the restart
K12 | a thousand kills at random moments | nothing lost, nothing sent twice, no false green
"""),
)

NETWORK: Final = Group(
    "network",
    "The network",
    _rows("""
N1 | no route, or the name cannot be resolved | known as not sent within 1 s, may go again; the window stays alive
N2 | the connection is never answered | not sent, within the connect limit and 1 s
N3 | the TLS handshake stalls | not sent; the whole deadline holds
N4 | reset after the request was sent | unknown, not failed; asking begins
N5 | the reply is lost after the gateway has committed | as N4, then found as an order whose code nobody saw
N6 | the reply is cut in the middle | as N4; half a reply is never read as one
N7 | one byte a second for ever | the whole deadline fires; as N4
N8 | 30 % loss, 2 s latency, 64 kbit/s | everything still settles, at most three times as late
N9 | an hour without network, 50 open orders, then back | few requests while down; all settle soon after, without a burst
N10 | a link that flaps every 5 s | one banner, no storm of errors, no growing number of threads
N11 | a kept connection that died unnoticed | a question goes again on a new one; a create never does
N12 | a captive portal answers with a page or a redirect | refused with a plain sentence; no state changes
N13 | proxy settings, a proxy that wants a password | honoured as documented; 407 is said; no secret leaves outside TLS
N14 | a shop's own certificate authority | works through the system's store; without it, refused with the reason
N15 | certificate expired, of another host, of an unknown issuer; old TLS | refused before any request is sent; not created
"""),
)

GATEWAY: Final = Group(
    "gateway",
    "A gateway that misbehaves",
    _rows("""
G1 | 500, 502, 503, 504 to a create | unknown, then asked
G2 | 500 to a question | the state stays; asked less often
G3 | 429 with and without a usable Retry-After | honoured up to a cap, one gate for all orders
G4 | 401 in the middle of polling | one new login for all who wait, one replay; a second 401 is said, no storm
G5 | a token that ends early, odd lifetimes | clamped, on the monotonic clock, never a loop
G6 | a known refusal | final, not repeated
G7 | an unknown code to a create | unknown, then asked; the raw code and the support id are kept
G8 | "not found" right after a create | stays open and asked about, never closed
G9 | "pending" after "paid" | paid stays
G10 | "cancelled", then "paid" | paid, and it rings
G11 | "paid", then "cancelled" | paid stays, and it rings
G12 | words that are nearly the right one | never green, not final, said to be unknown
G13 | another amount or currency | not green; both values to be looked at
G14 | the same amount in other digits | equal by value
G15 | the reply about another order, swapped replies | nobody's state changes
G16 | fields missing, null, of another type; no address | no code is shown, watched, said plainly
G17 | a code of an unexpected kind | not drawn; to be looked at
G18 | the gateway would take the same create twice | never sent twice, counted at the gateway
G19 | "this id exists already" | asked about: ours goes on, a stranger's is said
G20 | answers late and out of order | older never overrides newer
G21 | the create's answer comes after *Give up* | stays watched, no code is shown
G22 | odd pay times | kept raw, read where possible; never in the way of green
"""),
)

HOSTILE: Final = Group(
    "hostile",
    "Hostile bodies",
    _rows("""
H1 | a small body that inflates to a huge one | refused, little memory used, unknown
H2 | a body without an end | cut off at the cap
H3 | JSON that is no JSON: depth, digits, NaN, duplicate keys, encodings | refused as malformed, unknown, no crash
H4 | headers without an end, broken status lines | refused, unknown
H5 | markup, bidirectional and endless text in messages and ids | plain text, elided, one log line, harmless in a spreadsheet
H6 | a redirect to another host | not followed; the token stays here
"""),
)

STORAGE: Final = Group(
    "storage",
    "Storage",
    _rows("""
S1 | disk full when an order is to be committed | nothing is sent; said at once
S2 | disk full when an answer is to be committed | kept in memory, said in red, written later
S3 | the disk fails at fsync | no new payment is taken; open ones are still asked about; nothing is called durable that may not be
S4 | a ledger that may only be read | opened for viewing, with the reason
S5 | damaged, truncated, empty or foreign ledger | seen at the start, set aside, the newest good backup offered; never silently an empty list
S6 | locked by another program for 10 s | waited for off the GUI thread, then said; never written twice
S7 | a ledger of a newer posapp | refused, untouched
S8 | ledgers of every earlier schema | migrated with equal counts and sums
S9 | network folders, spaces, Unicode, long paths | warned about a network folder; works otherwise
S10 | the ledger is copied while it is in use | backups are made so that restoring one works
S11 | keyring missing, locked, refusing, empty | said; no secret is kept elsewhere
"""),
)

CLOCK: Final = Group(
    "clock",
    "Clocks",
    _rows("""
C1 | the clock is a year off | said to be the clock, measured against the gateway's; times stay UTC
C2 | the clock jumps by two hours while polling | intervals and token lifetimes do not change
C3 | a moment to ask next that lies far in the future | asked at the start all the same
C4 | midnight, daylight saving, another time zone | each order in exactly one business day
C5 | eight hours of sleep with open orders | all asked within 5 s, no catching up of missed questions
"""),
)

CONCURRENCY: Final = Group(
    "concurrency",
    "Many at once",
    _rows("""
X1 | double click, Enter and click, key repeat | one order
X2 | the program is started twice | the second start is refused, also after a kill
X3 | two users of the computer on one ledger | the lock belongs to the data, not to the user
X4 | two tills with one account | their ids never meet; each lists its own
X5 | a cloned disk | ids stay unique
X6 | watcher, *Ask now* and recovery on one order | one question at a time; compare-and-set decides
X7 | a person and the gateway decide at once | the gateway's "paid" wins, both are recorded
X8 | a thousand open orders | nobody starves, the shown one comes first, the budget holds
"""),
)

WINDOW: Final = Group(
    "window",
    "Window and operating system",
    _rows("""
U1 | an exception in a slot, in the io thread, in a model | logged, counted, the program lives, the order is safe
U2 | the io thread dies | started again within 5 s, said, red in the bar
U3 | a native crash | the next start says so; orders are safe
U4 | every fsync takes half a second | the window never stands still for 100 ms
U5 | 20,000 random events | no crash, no impossible state, memory flat
U6 | 10,000 orders | memory, threads, descriptors and Qt objects flat
U7 | 100 to 200 %, small screens, a monitor that goes | the code is read off a screenshot by a decoder
U8 | dark, high contrast, large text, right to left | the code stays dark on white; states are told apart without colour
U9 | log file full, huge, not writable | the program goes on; logs stay bounded
U10 | odd ways to write an amount | only what is exact in the currency is taken
"""),
)

ABUSE: Final = Group(
    "abuse",
    "Secrets and abuse",
    _rows("""
P1 | a secret in anything the program writes or shows | none, searched with a canary
P2 | a PIN guessed, with restarts and clock changes | slowed down and counted over restarts
P3 | an audit row edited or deleted | the check names the first bad row
P4 | another address, or plain http | refused, or never given the secret of the old one
P5 | secrets in what we ship, dangerous calls, unlocked dependencies | the scanners find none, and are shown to find one
"""),
)

GROUPS: Final = (DEATH, NETWORK, GATEWAY, HOSTILE, STORAGE, CLOCK, CONCURRENCY, WINDOW, ABUSE)

OPEN: Final[dict[str, str]] = {}
"""Rows about parts that are not built yet."""

PARTLY: Final = {
    "K9": "Settings are written when that part is built.",
    "H5": "Receipts come with the cashier's day.",
    "P5": "No list of known holes can be reached from the build machine; an SBOM comes with the packages.",
    "S5": "Where ledger and log are both gone, orders newer than the last backup are known to the gateway alone.",
    "S9": "No real network file system here: its kind is told by a stand-in.",
}
"""Rows that are proved for what is built, and grow with what is not."""

NOT_HERE: Final[dict[str, str]] = {}
"""Rows that cannot be proved on a build machine, with the reason."""
