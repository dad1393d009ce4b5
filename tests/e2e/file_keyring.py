"""A keyring in a file, for a till of the tests in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.till import Till

KEYRING = '''
"""A keyring in a file, for a test."""
import json, os
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

class FileKeyring(KeyringBackend):
    priority = 1
    file = os.environ["TEST_KEYRING_FILE"]

    def _kept(self):
        if os.environ.get("TEST_KEYRING_LOCKED"):
            raise KeyringLocked("locked")
        return json.load(open(self.file)) if os.path.exists(self.file) else {}

    def _keep(self, kept):
        with open(self.file, "w") as file:
            json.dump(kept, file)

    def get_password(self, service, username):
        return self._kept().get(service + "/" + username)

    def set_password(self, service, username, password):
        self._keep({**self._kept(), service + "/" + username: password})

    def delete_password(self, service, username):
        kept = self._kept()
        if kept.pop(service + "/" + username, None) is None:
            raise PasswordDeleteError("no such password")
        self._keep(kept)
'''


def with_keyring(till: Till, keyring_file: Path) -> None:
    """Give a till a keyring in place of the environment variable."""
    (keyring_file.parent / "file_keyring.py").write_text(KEYRING, "utf-8")
    till.with_modules(keyring_file.parent)
    till.with_env(
        PYTHON_KEYRING_BACKEND="file_keyring.FileKeyring",
        TEST_KEYRING_FILE=str(keyring_file),
        **{SECRET: None},
    )
