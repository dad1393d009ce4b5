"""Airwallex's request_id: the same request again gets the same answer, another use of it is refused.

The documents promise that a retry is processed once; that the first answer is repeated byte for byte is
this sandbox's assumption. Only successes are kept, so a refused request may be mended and sent again.
"""

from __future__ import annotations

import hashlib
import json

from posapp.sandbox.airwallex.errors import AirwallexError
from posapp.sandbox.exchange import Call, Operation, Reply
from posapp.sandbox.request_body import read_loosely

_KEPT = 100_000


class RequestIds:
    """Every request_id that did something. Used under the book's lock."""

    def __init__(self) -> None:
        """Know no id."""
        self._used: dict[str, tuple[bytes, Reply]] = {}

    def clear(self) -> None:
        """Forget every id."""
        self._used.clear()

    @staticmethod
    def _print(operation: Operation, call: Call) -> bytes:
        # By meaning: a client that orders its keys otherwise on a retry sends the same request.
        body = json.dumps(read_loosely(call.body), sort_keys=True, default=str)
        return hashlib.sha256("\0".join((operation, call.path, body)).encode()).digest()

    def replay(self, request_id: str, operation: Operation, call: Call) -> Reply | None:
        """Return the first answer if this very request was answered before, None if the id is new.

        Raises:
            AirwallexError: duplicate_request, when the id was used for anything else.
        """
        used = self._used.get(request_id)
        if used is None:
            return None
        if used[0] != self._print(operation, call):
            raise AirwallexError("duplicate_request")
        return used[1]

    def keep(self, request_id: str, operation: Operation, call: Call, reply: Reply) -> Reply:
        """Remember a success and return it."""
        while len(self._used) >= _KEPT:
            del self._used[next(iter(self._used))]
        self._used[request_id] = (self._print(operation, call), reply)
        return reply
