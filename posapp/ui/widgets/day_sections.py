"""What a day is made of, section by section: chart, tables, and the lines of single orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from posapp.domain.day_report import GroupKind
from posapp.domain.status import Standing
from posapp.ui.day_words import amount, group_name, group_title, hour_text, odd_look, odd_words, refund_look
from posapp.ui.presenters.orders_clock import moment, short_day
from posapp.ui.text import gateway_words, money_text, order_tail, standing_look
from posapp.ui.tokens import GRID
from posapp.ui.widgets.day_chart import DayChart
from posapp.ui.widgets.day_lines import DayLine, DayLines
from posapp.ui.widgets.day_table import DayTable, SectionCard
from posapp.ui.widgets.day_tiles import DayTiles

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from posapp.domain.day_report import DayReport, OddLine, RefundLine, SaleLine
    from posapp.domain.till import TillFacts
    from posapp.ui.text import Look

_TWO_COLUMNS = 780


class DaySections(QWidget):
    """Everything that the report says.

    Signals:
        order_wanted(str): A line was pressed.
    """

    order_wanted = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self.tiles = DayTiles(facts)
        self.charts: list[DayChart] = []
        self.hours = SectionCard(self.tr("Sales by hour"))
        self.tables = {kind: DayTable() for kind in GroupKind}
        self.states = DayTable()
        self.odd = self._lines_card(self.tr("Odd, or in no total"))
        self.crossed = self._lines_card(self.tr("Paid after the day's end"))
        self.late = self._lines_card(self.tr("Late money of other days"))
        self.refunds = self._lines_card(self.tr("Refunds"))
        self._pair = QGridLayout()
        self._pair.setSpacing(2 * GRID)
        self._cards: list[SectionCard] = []
        self._wide: bool | None = None
        self._lay_out()

    def show_report(self, report: DayReport) -> None:
        """Show a day."""
        self.tiles.show_totals(report.totals)
        self._show_hours(report)
        for kind, table in self.tables.items():
            self._show_groups(report, kind, table)
        self._show_states(report)
        self._show_tables()
        self._show(self.odd, tuple(self._odd_line(line) for line in report.odd))
        self._show(self.crossed, tuple(self._sale_line(line) for line in report.crossed))
        late = [self._late_line(line) for line in report.late]
        late += [self._refund_line(line, late=True) for line in report.late_refunds]
        self._show(self.late, tuple(late))
        sums = ", ".join(amount(total.net_minor, total.currency, self._facts) for total in report.late_totals)
        self.late[0].set_aside(self.tr("{sums}, in no total of this day").format(sums=sums))
        self._show(self.refunds, tuple(self._refund_line(line, late=False) for line in report.refunds))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of tables where there is room."""
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= _TWO_COLUMNS)

    def _show_hours(self, report: DayReport) -> None:
        own = self._facts.currency
        found = sorted({hour.currency for hour in report.hours}, key=lambda code: (code != own, code)) or [own]
        while len(self.charts) < len(found):
            self.charts.append(DayChart(self._facts))
            self.hours.body.addWidget(self.charts[-1])
        for number, chart in enumerate(self.charts):
            chart.setVisible(number < len(found))
            if number < len(found):
                chart.show_hours(report, found[number])

    def _show_tables(self) -> None:
        """Show a table where it has rows: a day without sales needs none."""
        for card, table in zip(self._cards, (*self.tables.values(), self.states), strict=True):
            card.setVisible(bool(table.cells))

    def _show_groups(self, report: DayReport, kind: GroupKind, table: DayTable) -> None:
        rows: list[tuple[str, ...]] = []
        for group in report.groups:
            if group.kind is kind:
                totals = group.totals
                name = group_name(kind, group.name)
                refunded = amount(totals.refunded_minor, totals.currency, self._facts) if totals.refunds else "–"
                net = amount(totals.net_minor, totals.currency, self._facts)
                rows.append((name, f"{totals.sales:,}", refunded, net))
        table.show_rows(("", self.tr("Sales"), self.tr("Refunds"), self.tr("Net")), rows)

    def _show_states(self, report: DayReport) -> None:
        rows = [
            (standing_look(state.standing).word, f"{state.count:,}", amount(state.minor, state.currency, self._facts))
            for state in report.states
        ]
        self.states.show_rows(("", self.tr("Orders"), self.tr("Amount")), rows)

    def _odd_line(self, line: OddLine) -> DayLine:
        at = hour_text(line.created_at, self._facts)
        return self._line(line.order_id, odd_look(line.reason), f"{at}  {odd_words(line)}", line)

    def _sale_line(self, line: SaleLine) -> DayLine:
        at = moment(line.settled_at, self._facts.day)
        words = self.tr("paid on {at}").format(at=at)
        return self._line(line.order_id, self._paid(), f"{words} · {self.tr('in the total')}", line)

    def _late_line(self, line: SaleLine) -> DayLine:
        at = moment(line.settled_at, self._facts.day)
        words = self.tr("an order of {day}, paid on {at}").format(day=short_day(line.business_day), at=at)
        return self._line(line.order_id, self._paid(), words, line)

    def _refund_line(self, line: RefundLine, *, late: bool) -> DayLine:
        at = moment(line.created_at, self._facts.day) if late else hour_text(line.created_at, self._facts)
        who = " / ".join(name for name in (line.asked_by, line.approved_by) if name)
        words = "  ".join(part for part in (at, gateway_words(who, 40), gateway_words(line.reason, 60)) if part)
        return self._line(line.order_id, refund_look(line), words, line)

    def _line(self, order_id: str, look: Look, words: str, line: SaleLine | RefundLine | OddLine) -> DayLine:
        return DayLine(order_id, look, order_tail(line.merchant_order_id), words, money_text(line.money, self._facts))

    def _paid(self) -> Look:
        return standing_look(Standing.PAID)

    def _show(self, card: tuple[SectionCard, DayLines], lines: tuple[DayLine, ...]) -> None:
        card[0].setVisible(bool(lines))
        card[1].show_lines(lines)

    def _lines_card(self, title: str) -> tuple[SectionCard, DayLines]:
        card, lines = SectionCard(title), DayLines()
        lines.order_wanted.connect(self.order_wanted)
        card.body.addWidget(lines)
        card.hide()
        return card, lines

    def _arrange(self, *, wide: bool) -> None:
        if wide is self._wide:
            return
        self._wide = wide
        for place, card in enumerate(self._cards):
            self._pair.removeWidget(card)
            self._pair.addWidget(card, place // 2 if wide else place, place % 2 if wide else 0)
        self._pair.setColumnStretch(0, 1)
        self._pair.setColumnStretch(1, 1 if wide else 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.tiles)
        column.addWidget(self.hours)
        shown = [(group_title(kind), table) for kind, table in self.tables.items()]
        for title, table in (*shown, (self.tr("Orders by state"), self.states)):
            card = SectionCard(title)
            card.body.addWidget(table)
            card.body.addStretch(1)
            self._cards.append(card)
        column.addLayout(self._pair)
        for card, _ in (self.odd, self.crossed, self.late, self.refunds):
            column.addWidget(card)
        self._arrange(wide=True)
