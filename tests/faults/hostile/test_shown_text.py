"""H5 on the screen: words from outside are plain text, cut to the room there is, and cannot look like other words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Unpack

import pytest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from posapp.domain.money import Money
from posapp.domain.order import Flow
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.services.judgement import MAX_TEXT
from posapp.ui.widgets.label import Label
from tests.faults.gateway.bending import Answer, encoded
from tests.faults.gateway.bent_line import bent_line
from tests.ui.conftest import light, open_window
from tests.ui.orders_till import OrdersTill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.main_window import MainWindow
    from tests.conftest import ExpectedWarnings
    from tests.ui.fake_till import Changes

__all__ = ["light", "open_window"]

pytestmark = [
    pytest.mark.xdist_group("faults-hostile"),
    pytest.mark.qt_log_ignore("does not support propagateSizeHints"),
]

S = AttemptState
NAUGHTY: dict[str, str] = {
    "markup": '<b>PAID</b> <img src="http://x.example/p.png"> <a href="file:///etc/passwd">open</a>',
    "style": '<span style="color:#fff;font-size:200px">x</span><table width=9000><tr><td>x</table>',
    "entities": "&lt;b&gt; &amp; &copy; &#x202e;",
    "turned round": "\u202eDIAP\u202c \u2066evil\u2069 \u200fPAID\u200e",
    "marks on marks": "P" + "\u0300\u0316\u0489" * 120 + "AID",
    "invisible": "P\u200bA\u200cI\u200dD\u2060\ufeff\u00ad",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f4\U000e0067\U000e007f ✅ PAID",
    "lines": "one\ntwo\r\nthree\u2028four\u2029five\x0bsix\x0cseven\x85eight",
    "control": "\x00\x07\x08\x1b[31mred\x1b[0m\x7f\x9b2J",
    "private and unassigned": "\ue000\U000f0000\U0010ffff\uffff\u0378",
    "one endless word": "W" * 10_000,
    "10 kB of words": "words and more " * 700,
    "Arabic": "مدفوع بالكامل " * 10,
    "wide": "付款成功" * 60,
    "shortcut": "&Pay && &&& Ctrl+Return",
    "format": "{code} {0} %s %(x)s $x `x` \\n \\u202e",
    "mixed directions": "HKD 128.50 مدفوع 1,000.00 HKD",
}
SECONDS = 5.0


def naughty_order(till: OrdersTill, words: str, **more: Unpack[Changes]) -> OrderSnapshot:
    """Put an order into the till whose every text from outside is the same words, as no adapter would let it pass."""
    order_id = till.add(Money(12850, "HKD"), note=words[:120], state=S.PENDING).order.order_id
    till.change(
        order_id,
        problem_text=words,
        problem_code=words[:64],
        review_detail=f"{words} / {words}",
        support_id=words,
        gateway_id=words,
        paid_at_raw=words,
    )
    return till.change(order_id, **more)


def check_plain(window: QWidget) -> None:
    """Check that no text in a window is, or could be taken for, markup, and that nothing burst its frame."""
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text(), label.text()[:80]
    for widget in window.findChildren(QWidget):
        for tag in ("<img", "<b>", "<a ", "<span style=", "<table"):
            assert tag not in widget.toolTip()
        if widget.isVisible() and isinstance(widget, (Label, QAbstractButton)):
            right = widget.mapTo(window, widget.rect().topRight()).x()
            assert right <= window.width(), widget


STATES: dict[str, Changes] = {
    "refused": {"state": S.REFUSED},
    "unknown": {"state": S.UNKNOWN, "review": ReviewReason.WRONG_ORDER},
    "review": {"state": S.PENDING, "review": ReviewReason.UNKNOWN_STATUS},
    "paid late": {"state": S.SUCCEEDED, "alarm": AlarmKind.PAID_LATE},
}


@pytest.mark.parametrize("state", STATES)
def test_h5_words_from_outside_are_plain_and_stay_in_their_frame(
    open_window: Callable[..., MainWindow], qtbot: QtBot, state: str
) -> None:
    """Every naughty text on the payment page, in the list and in the drawer, as if no adapter had looked at it."""
    till = OrdersTill()
    window = open_window(till, size=(1024, 768))
    for words in NAUGHTY.values():
        snapshot = naughty_order(till, words, **STATES[state])
        began = time.perf_counter()
        window.open_order(snapshot)
        window.grab()
        check_plain(window)
        window.show_orders()
        qtbot.waitUntil(window.orders_view.isVisible)
        window.orders_view.open_order(snapshot.order.order_id)
        window.grab()
        check_plain(window)
        assert time.perf_counter() - began < SECONDS
        if words == NAUGHTY["markup"]:
            assert any("<b>PAID</b>" in label.text() for label in window.findChildren(QLabel)), "guard the guard"
        assert (window.width(), window.height()) == (1024, 768)
        assert window.minimumSizeHint().width() <= 1024


LOOKS_LIKE_NOTHING = set("\u202e\u202c\u2066\u2069\u200f\u200b\u200c\u200d\u2060\ufeff\u00ad")


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h5_what_is_kept_of_words_from_outside_is_one_short_printable_line(
    provider: str, expected_warnings: ExpectedWarnings
) -> None:
    """Through the adapter into the ledger: no text that could look like another one, and none that fills a disk."""
    expected_warnings.expect("unknown code")
    with bent_line(provider, Flow.QRCODE) as line:
        for name, words in NAUGHTY.items():
            if provider == "cbtis":
                body = {"code": 77777, "message": words, "data": None, "rid": words}
            else:
                body = {"code": words, "message": words, "trace_id": words}
            raw = encoded(body, {})

            def told(_ids: Mapping[str, str], raw: bytes = raw) -> Answer:
                return Answer(raw, 200 if provider == "cbtis" else 400)

            snapshot = line.create(create=told)
            attempt = snapshot.leading
            timeline = line.services.listing.details(snapshot.order.order_id).timeline
            kept = [attempt.problem_text, attempt.problem_code, attempt.support_id]
            kept += [text for entry in timeline for text in entry.facts.values()]
            for text in kept:
                assert text is None or text.isprintable(), name
                assert text is None or len(text) <= MAX_TEXT, name
                assert not LOOKS_LIKE_NOTHING & set(text or ""), name
