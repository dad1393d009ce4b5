"""The keys a client needs, random for each run unless given."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field

SAMPLE_UID = "39172931"
"""The merchant number of the CBTIS documents' own example."""


def _key() -> str:
    return secrets.token_hex(24)


def _client_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Credentials:
    """Both providers' credentials; secrets stay out of its repr."""

    uid: str = SAMPLE_UID
    client_secret: str = field(default_factory=_key, repr=False)
    client_id: str = field(default_factory=_client_id)
    api_key: str = field(default_factory=_key, repr=False)

    def cbtis(self, base_url: str) -> dict[str, str]:
        """Return what a CBTIS client has to be given."""
        return {
            "provider": "cbtis",
            "base_url": base_url,
            "uid": self.uid,
            "client_secret": self.client_secret,
            "secret": self.client_secret,
        }

    def airwallex(self, base_url: str) -> dict[str, str]:
        """Return what an Airwallex client has to be given."""
        return {
            "provider": "airwallex",
            "base_url": base_url,
            "client_id": self.client_id,
            "api_key": self.api_key,
            "secret": self.api_key,
        }
