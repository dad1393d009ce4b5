"""U10: whatever is typed or pasted, the amount is exactly that, or it is refused in place with the reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from posapp.domain.currency import decimals_of
from posapp.domain.money import MAX_DIGITS, Money
from posapp.ui.main_window import MainWindow
from tests.ui.fake_till import FakeTill, facts
from tests.ui.hands import press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from posapp.ui.views.charge_view import ChargeView

pytestmark = [
    pytest.mark.xdist_group("faults-window"),
    pytest.mark.timeout(120),
    pytest.mark.qt_log_ignore("does not support propagateSizeHints"),
]

ROOT: Final = Path(__file__).parents[3]
LOCALES: Final = ("C", "de_DE", "ar_EG", "fa_IR", "hi_IN", "zh_Hant_HK", "fr_CH")
CURRENCIES: Final = ("HKD", "JPY", "TWD", "KWD")
NAUGHTY: Final = (
    # commas, grouping and other habits of writing
    *("1,5", "12,34", "1.234,56", "1,234.56", "1 234.56", "1'234.56", "12\u066b50", "1\u066c234", "12\uff0e50"),
    # signs, exponents, words
    *("-5", "+5", "\u22125", "(5)", "1e3", "1E3", "1e-3", "0x10", "0b1", "1_000", "1/2", "\u00bd", "NaN", "inf"),
    *("Infinity", "-0", "0-1", "5-", "5%", "HKD 5", "5 HKD", "$5", "\u00a55", "five", "\u4e94", "\u4e94\u5341"),
    # zeros and points
    *("00", "007", "00.50", "0", "0.0", "0.00", ".5", "5.", ".", "..", "1..2", "1.2.3", "1.234", "1.2345", "0.001"),
    # digits of other scripts, full width, superscripts
    *("\u0661\u0662\u0663", "\u06f1\u06f2\u06f3", "\u0967\u0968\u0969", "\uff11\uff12\uff13", "1\u00b2", "\u2460"),
    *("\u0661\u0662.\u0665", "12.\u0665", "\U0001d7cf\U0001d7d0", "\u0c67", "\u3007"),
    # blanks, lines, marks that cannot be seen
    *(" 5", "5 ", "5\n", "\n5", "5\r\n6", "5\t", "\t5", "5\u00a0", "\u00a05", "5\u200b", "\ufeff5", "\u202e5"),
    *("5\u2028", "5\x00", "\x005", "5\x1b[0m", "1\n2", "12.50\n", "12\u200f.50", "\u206612.50\u2069", "", " "),
    # long
    "9" * 20, "1" + "0" * 19, "9" * 4_300, "0." + "0" * 50 + "1", "9" * 11, "9" * 12, "9" * 10, "1" * 100_000,
    # somebody else's clipboard
    *("'; DROP TABLE orders; --", "<b>5</b>", "=1+1", "https://pay.example/5", "\U0001f4b05", "%s%n", "${5}"),
)  # fmt: skip


@pytest.fixture(params=CURRENCIES)
def currency(request: pytest.FixtureRequest) -> str:
    """Two decimals, none, none at the gateway though ISO has two, three."""
    return str(request.param)


@pytest.fixture
def page(qtbot: QtBot, currency: str) -> Iterator[ChargeView]:
    """The charge page of a window, with real keys and a real clipboard."""
    window = MainWindow(FakeTill(facts(currency=currency, gateway_decimals={"TWD": 0})), theme_mode="light")
    window.show()
    qtbot.waitExposed(window)
    yield window.charge_view
    window.close()
    window.deleteLater()
    qtbot.wait(1)


@pytest.fixture(autouse=True)
def usual_locale() -> Iterator[None]:
    """Put the locale back."""
    before = QLocale()
    yield
    QLocale.setDefault(before)


def typed_decimals(currency: str) -> int:
    """Return how many decimals can be typed on this till."""
    return 0 if currency == "TWD" else decimals_of(currency)


def exactly(text: str, currency: str) -> Money | None:
    """Return the money that a text is, by a rule written down a second time; None where it is none."""
    decimals = typed_decimals(currency)
    fraction = rf"(?:\.([0-9]{{1,{decimals}}}))?" if decimals else "()"
    found = re.fullmatch(rf"(0|[1-9][0-9]*){fraction}", text, re.ASCII)
    if found is None or text.endswith("\n") or len(found[1]) > MAX_DIGITS:
        return None
    whole, rest = found[1], found[2] or ""
    minor = int(whole) * 10 ** decimals_of(currency) + int(rest.ljust(decimals_of(currency), "0") or "0")
    return Money(minor, currency) if len(whole) + decimals_of(currency) <= MAX_DIGITS else None


def shows(page: ChargeView, money: Money, currency: str) -> bool:
    """Tell whether page, button and entry agree on an amount, written in ASCII whatever the locale is."""
    wanted = f"{currency} {money.grouped(typed_decimals(currency))}"
    said = page.display.text() == wanted and page.charge_button.text() == f"Charge {wanted}"
    return said and page.state.entry.money == money


def paste(page: ChargeView, text: str) -> None:
    """Paste a text into the amount."""
    QGuiApplication.clipboard().setText(text)
    press(page.display, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def paste_and_check(page: ChargeView, text: str, currency: str) -> bool:
    """Paste over an amount of 7 units: it is taken exactly, or stays and the reason stands underneath."""
    press(page.display, Qt.Key.Key_Escape)
    press(page.display, Qt.Key.Key_7)
    before = page.state.entry.money
    paste(page, text)
    wanted = exactly(QGuiApplication.clipboard().text(), currency)
    if wanted is None:
        assert shows(page, before, currency), f"{text[:80]!r} changed the amount to {page.display.text()}"
        assert page.display.refusal(), f"{text[:80]!r} was refused without a word"
    else:
        assert shows(page, wanted, currency), f"{text[:80]!r} became {page.display.text()}"
        assert not page.display.refusal()
    return wanted is not None


def test_u10_a_naughty_text_is_exactly_an_amount_or_refused_with_the_reason(
    page: ChargeView, currency: str, figure: Callable[[str], None]
) -> None:
    taken = 0
    for locale in LOCALES:
        QLocale.setDefault(QLocale(locale))
        taken += sum(paste_and_check(page, text, currency) for text in NAUGHTY)
    count = len(NAUGHTY) * len(LOCALES)
    figure(f"{currency}: {count} texts pasted under {len(LOCALES)} locales, {taken} taken exactly, the rest refused")


@pytest.mark.parametrize("currency", ["HKD", "TWD"], indirect=True)
def test_u10_any_text_is_exactly_an_amount_or_refused(page: ChargeView, currency: str, campaign: bool) -> None:
    like_amounts = st.text(alphabet="0123456789.,-+eE \n\t\u00a0\u0661\u06f2\uff13", max_size=14)

    @settings(max_examples=3_000 if campaign else 200, suppress_health_check=(HealthCheck.too_slow,))
    @given(text=like_amounts | st.text(max_size=30) | st.decimals(0, 10**9, places=2).map(str))
    @example(text="12.50")
    @example(text="0.01")
    def check(text: str) -> None:
        paste_and_check(page, text, currency)

    check()


@pytest.mark.parametrize("currency", ["HKD", "JPY"], indirect=True)
def test_u10_any_keys_leave_exactly_the_digits_that_were_typed(page: ChargeView, currency: str, campaign: bool) -> None:
    """Keys of any layout: an Arabic one sends Arabic digits, a German one a comma for the number pad's point."""
    letters = st.sampled_from("0123456789" * 3 + ".,-eE \u0661\u0669\u06f5\uff17\u066b\u00e4\u4e03$%")

    @settings(max_examples=1_000 if campaign else 60, suppress_health_check=(HealthCheck.too_slow,))
    @given(text=st.text(letters, max_size=16))
    @example(text="1e3")
    @example(text="-5")
    @example(text="00")
    @example(text="9" * 20)
    @example(text="12,50")
    @example(text="\u0661\u0662")
    def check(text: str) -> None:
        press(page.display, Qt.Key.Key_Escape)
        value = 0
        for letter in text:
            send(page, letter)
            if letter in "0123456789":
                grown = value * 10 + int(letter)
                fits = len(str(grown)) <= MAX_DIGITS
                value = grown if fits else value
                assert bool(page.display.refusal()) is not fits
            else:
                # A point or a comma is taken for what it is: a mark whose place is fixed. All else is said.
                assert bool(page.display.refusal()) is (letter not in ".,")
            assert shows(page, Money(value, currency), currency), f"{text!r} at {letter!r}: {page.display.text()}"

    check()


def send(page: ChargeView, letter: str) -> None:
    """Send a key whose text is that letter, as a keyboard of its script does."""
    key = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(page.display, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter))


SCRIPT: Final = """
import sys
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from posapp.ui.i18n import apply_language
from posapp.ui.main_window import MainWindow
from tests.ui.fake_till import FakeTill
app = QApplication([])
apply_language(app)
window = MainWindow(FakeTill(), theme_mode="light")
window.show()
page = window.charge_view
QTest.keyClicks(page.display, "1234567")
app.clipboard().setText("1.234,56")
QTest.keyClick(page.display, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
said = (QLocale.system().name(), page.display.text(), page.state.entry.money.plain(), bool(page.display.refusal()))
sys.stdout.write(repr(said))
"""


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "ar_EG.UTF-8"])
def test_u10_the_language_of_the_pc_does_not_matter(language: str) -> None:
    env = {**os.environ, "LANG": language, "LC_ALL": language, "LANGUAGE": language, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == repr((language.partition(".")[0], "HKD 12,345.67", "12345.67", True))
