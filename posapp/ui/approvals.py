"""Asking for somebody's word where who stands at the till may not do a thing alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from posapp.domain.staff import Crew

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.staff import Person, Right
    from posapp.ui.widgets.approval_sheet import ApprovalSheet


class Approvals(QObject):
    """One for the whole window, which is its parent. Lives on the GUI thread.

    Attributes:
        crew: Who there is and who stands at the till, as last told.
    """

    def __init__(self, facade: TillFacade, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self.crew = Crew()
        self.sheet: ApprovalSheet | None = None
        facade.signals.crew_changed.connect(self._on_crew)

    def ask(self, right: Right, what: str, then: Callable[[str | None], None], *, of_another: bool = False) -> None:
        """Go on with `then` where the right is there, at once or after somebody who has it gave a PIN.

        Args:
            right: What is needed.
            what: What is to be done, as the one who allows it reads it, like "Refund HKD 20.00".
            then: Called with None where nobody had to allow it, else with the approval's token; never called where
                the sheet was put away.
            of_another: Whether somebody else has to allow it though who stands there has the right, as above a
                ceiling.
        """
        crew = self.crew
        if not crew.people or (crew.may(right) and not of_another):
            then(None)
            return
        window = self.parent()
        if crew.locked or not isinstance(window, QWidget):
            return
        if self.sheet is None:
            from posapp.ui.widgets.approval_sheet import ApprovalSheet

            self.sheet = ApprovalSheet(self._facade.staff, window)
        self.sheet.ask(right, what, self.others(right), then)

    def others(self, right: Right) -> tuple[Person, ...]:
        """Return who besides the one who stands at the till may allow this."""
        return tuple(one for one in self.crew.people if one.may(right) and one != self.crew.signed_in)

    def _on_crew(self, crew: Crew) -> None:
        stays = crew.signed_in is not None and crew.signed_in == self.crew.signed_in
        self.crew = crew
        if self.sheet is not None and self.sheet.isVisible() and not stays:
            self.sheet.dismiss()  # who asked for it has gone
