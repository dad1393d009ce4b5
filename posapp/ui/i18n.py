"""Translation: marking texts for it, and putting the reader's language on the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from posapp.ui.fonts import resources_dir

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for translation where it is used later; lupdate knows this name.

    Qt's own function of this name is typed as returning any object.
    """
    del context
    return text


def apply_language(app: QCoreApplication, language: str = "") -> QLocale:
    """Put a language on the program: its own texts and Qt's.

    Args:
        app: The one application; keeps the translators.
        language: Like `zh_TW`; empty for the system's. English needs no files and is what stands in for missing ones.

    Returns:
        The locale that dates are written in from now on.
    """
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    if locale.language() is QLocale.Language.English:
        return locale
    folders = (
        ("posapp", str(resources_dir() / "i18n")),
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
    )
    for name, folder in folders:
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)
    return locale
