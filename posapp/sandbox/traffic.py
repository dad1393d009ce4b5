"""What reached the pretend gateway over the wire, also what came to nothing."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from posapp.sandbox.orders import Provider, Refusal, Seen

if TYPE_CHECKING:
    import threading

_REQUEST_IDS_KEPT = 200
_REFUSED_KEPT = 1_000


class Traffic:
    """Counters and ids of one sandbox; shares the lock of its truth, so any thread may call.

    Attributes:
        requests: How many whole requests came, by provider and operation.
        refused: The newest error answers.
        refused_total: How many error answers there were.
        seen: Every id that a create ever named.
    """

    def __init__(self, lock: threading.RLock) -> None:
        """Start with nothing seen."""
        self._lock = lock
        self.requests: Counter[tuple[Provider, str]] = Counter()
        self.refused: deque[Refusal] = deque(maxlen=_REFUSED_KEPT)
        self.refused_total = 0
        self.seen: dict[tuple[Provider, str], Seen] = {}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.requests.clear()
            self.refused.clear()
            self.refused_total = 0
            self.seen.clear()

    def request(self, provider: Provider, operation: str) -> None:
        """Count a request that arrived whole."""
        with self._lock:
            self.requests[provider, operation] += 1

    def create_post(self, provider: Provider, merchant_order_id: str, request_id: str | None) -> None:
        """Remember that a create with this id reached the server, whatever becomes of it."""
        with self._lock:
            key = (provider, merchant_order_id)
            seen = self.seen.setdefault(key, Seen(provider, merchant_order_id))
            seen.create_posts += 1
            if request_id is not None and len(seen.request_ids) < _REQUEST_IDS_KEPT:
                seen.request_ids.append(request_id)

    def created(self, provider: Provider, merchant_order_id: str) -> None:
        """Remember that an order of this id exists."""
        with self._lock:
            self.seen.setdefault((provider, merchant_order_id), Seen(provider, merchant_order_id)).created = True

    def query(self, provider: Provider, merchant_order_id: str) -> None:
        """Count a question about an order, also one about an id that came to nothing."""
        with self._lock:
            seen = self.seen.get((provider, merchant_order_id))
            if seen is not None:
                seen.queries += 1

    def refusal(self, refusal: Refusal) -> None:
        """Remember an error answer; only the newest thousand are kept, all are counted."""
        with self._lock:
            self.refused.append(refusal)
            self.refused_total += 1
