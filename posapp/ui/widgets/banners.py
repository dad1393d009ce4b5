"""Banners under the bar: money that arrived when nobody looked, failures, and what lasts, like a wrong clock."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posapp.domain.status import AlarmKind
from posapp.ui.health_text import clock_words
from posapp.ui.icons import Icon
from posapp.ui.presenters.problems import Problems
from posapp.ui.text import Situation, alarm_text, money_text, order_tail, problem_text, support_line
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts

_IN_THE_LOG: Final = frozenset({"crashed_last_time", "internal"})
"""Codes of failures about which the log knows more than a sentence."""
_MOST: Final = 3
_MOST_BRIEF: Final = 2
_MOST_TIGHT: Final = 1
_BRIEF_BELOW: Final = 640
_TIGHT_BELOW: Final = 520


class Banner(QWidget):
    """A notice with the page's margins; takes no room while it says nothing.

    Signals:
        wanted_changed(): It has something to say, or no longer.
    """

    wanted_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.notice = Notice(self, compact=True)
        self._wanted = False
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 0)
        column.addWidget(self.notice)
        self.hide()

    @property
    def is_wanted(self) -> bool:
        """Whether it has something to say."""
        return self._wanted

    def want(self, *, wanted: bool) -> None:
        """Ask for a place, or give it back."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.wanted_changed.emit()


AnyBanner = TypeVar("AnyBanner", bound=Banner)


class BannerStack(QWidget):
    """Shows the gravest of its banners that have something to say; the others wait until there is room for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: list[tuple[int, Banner]] = []
        self._most = _MOST
        self._brief = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def place(self, rank: int, banner: AnyBanner) -> AnyBanner:
        """Give a banner its place among those that are there already; rank 0 is the gravest."""
        self._banners.append((rank, banner))
        self._banners.sort(key=lambda one: one[0])
        self._column.insertWidget(self._banners.index((rank, banner)), banner)
        banner.notice.set_brief(brief=self._brief)
        banner.wanted_changed.connect(self._arrange)
        return banner

    def set_room(self, height: int) -> None:
        """Say less where the window is short: fewer words, then fewer banners."""
        self._brief = height < _BRIEF_BELOW
        for _, banner in self._banners:
            banner.notice.set_brief(brief=self._brief)
        self._most = _MOST_TIGHT if height < _TIGHT_BELOW else _MOST_BRIEF if self._brief else _MOST
        self._arrange()

    def _arrange(self) -> None:
        shown = [banner for _, banner in self._banners if banner.is_wanted][: self._most]
        for _, banner in self._banners:
            banner.setVisible(banner in shown)


class AlarmBanner(Banner):
    """Stays until someone has opened the order.

    Signals:
        opened(str): Order id.
    """

    opened = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__("alarmBanner", parent)
        self._facts = facts
        self._order_id = ""
        self.notice.first_pressed.connect(lambda: self.opened.emit(self._order_id))

    def show_alarm(self, snapshot: OrderSnapshot | None, count: int) -> None:
        """Show an alarm and how many more there are, or nothing."""
        if snapshot is None:
            self.want(wanted=False)
            return
        order = snapshot.order
        self._order_id = order.order_id
        alarm = next((one.alarm for one in snapshot.attempts if one.alarm is not None), AlarmKind.PAID_LATE)
        title, advice = alarm_text(alarm)
        amount = self.tr("{amount}, order {tail}").format(
            amount=money_text(order.money, self._facts), tail=order_tail(order.order_id)
        )
        more = self.tr("%n more", "", count - 1) if count > 1 else ""
        self.notice.say(Icon.BELL, ToneName.REFUSED, f"{title}: {amount}", advice, more)
        self.notice.offer(self.tr("Look at it"))
        self.want(wanted=True)


class ProblemBanner(Banner):
    """Says what failed in the background, each kind once; stays until it is put away.

    Signals:
        log_wanted(): Somebody wants to read more about it.
    """

    log_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("problemBanner", parent)
        self._problems = Problems()
        self.notice.first_pressed.connect(self._on_log)
        self.notice.second_pressed.connect(self._put_away)

    def show_problem(self, problem: Problem) -> None:
        """Show a problem; one of a kind that is shown already only counts."""
        self._problems.take(problem, monotonic())
        self._show()

    def _show(self) -> None:
        failure = self._problems.first
        if failure is None:
            self.want(wanted=False)
            return
        title, advice = problem_text(failure.problem, Situation.BACKGROUND)
        small = [support_line(failure.problem)]
        if failure.times > 1:
            small.append(self.tr("%n times", "", failure.times))
        if self._problems.count > 1:
            small.append(self.tr("%n more", "", self._problems.count - 1))
        self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice, " · ".join(small))
        in_the_log = failure.problem.code in _IN_THE_LOG
        self.notice.offer(self.tr("Open the log") if in_the_log else "", self.tr("Understood"))
        self.want(wanted=True)

    def _put_away(self) -> None:
        self._problems.put_away(monotonic())
        self._show()

    def _on_log(self) -> None:
        self._put_away()
        self.log_wanted.emit()


class ViewOnlyBanner(Banner):
    """Says for as long as it is so that the ledger can only be looked at, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("viewOnlyBanner", parent)

    def show_reason(self, problem: Problem | None) -> None:
        """Show why, or that it is so no longer."""
        if problem is None:
            self.want(wanted=False)
            return
        title, advice = problem_text(problem, Situation.VIEWING)
        self.notice.say(Icon.LOCK, ToneName.NOT_KNOWN, self.tr("View only: {reason}").format(reason=title), advice)
        self.want(wanted=True)


class DoneBanner(Banner):
    """Says what came of something large, like a restored backup, until it is put away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("doneBanner", parent)
        self.notice.second_pressed.connect(lambda: self.want(wanted=False))

    def show_done(self, title: str, body: str, small: str = "") -> None:
        """Show it."""
        self.notice.say(Icon.BACKUP, ToneName.ACCENT, title, body, small)
        self.notice.offer("", self.tr("Understood"))
        self.want(wanted=True)


class LookBanner(Banner):
    """Says when the till opens that orders need a look, until somebody looks or puts it away.

    Signals:
        opened(): Somebody wants to look.
    """

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("lookBanner", parent)
        self.notice.first_pressed.connect(self.opened.emit)
        self.notice.second_pressed.connect(lambda: self.want(wanted=False))

    def show_count(self, count: int) -> None:
        """Show how many there are, or nothing."""
        if count:
            title = self.tr("Orders that need a look: %n", "", count)
            self.notice.say(Icon.EYE, ToneName.WAITING, title, self.tr("They stay there until somebody decides."))
            self.notice.offer(self.tr("Look at them"), self.tr("Later"))
        self.want(wanted=count > 0)


class ClockBanner(Banner):
    """Says that this computer's clock is wrong, until it is right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("clockBanner", parent)

    def show_skew(self, ahead_s: int | None) -> None:
        """Show by how many seconds it is ahead of the gateway's (negative: behind), or nothing."""
        if ahead_s is not None:
            self.notice.say(Icon.CLOCK, ToneName.NOT_KNOWN, *clock_words(ahead_s))
        self.want(wanted=ahead_s is not None)
