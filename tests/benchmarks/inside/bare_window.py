"""The yardstick: a window with one label. Says `usable` when it is painted, then ends, or stays with `--stay`.

It is as large as posapp's window, since Qt keeps every pixel of both.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


class Window(QLabel):
    """A label that tells when it was painted."""

    def __init__(self) -> None:
        super().__init__("posapp")
        self.resize(1280, 800)
        self._told = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._told:
            self._told = True
            QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        sys.stdout.write('{"event": "usable"}\n')
        sys.stdout.flush()
        if "--stay" not in sys.argv:
            QApplication.quit()


def main() -> int:
    app = QApplication(sys.argv)
    window = Window()
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
