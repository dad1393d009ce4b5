"""The wallet's addresses: look at an order, pay it, cancel it; plain forms, no script.

Source of the states: `truth.py`; what a page looks like is in `page.py`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from posapp.sandbox.orders import AttemptState
from posapp.sandbox.truth import NotAllowedError, Truth
from posapp.sandbox.wallet import page
from posapp.sandbox.wallet.style import CSS

_STYLE_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def wallet_routes(truth: Truth) -> list[Route]:
    """Return the wallet's addresses over this book."""

    async def show(request: Request) -> Response:
        with truth.lock:
            found = truth.by_token(request.path_params["token"])
            if found is None:
                return HTMLResponse(page.unknown(), 404, headers=_HEADERS)
            return HTMLResponse(page.order_page(*found), headers=_HEADERS)

    async def act(request: Request) -> Response:
        token, action = request.path_params["token"], request.path_params["action"]
        with truth.lock:
            found = truth.by_token(token)
            if found is None or action not in ("pay", "cancel"):
                return HTMLResponse(page.unknown(), 404, headers=_HEADERS)
            order, attempt = found
            # If somebody was faster, the page it goes to says what the order has become.
            with contextlib.suppress(NotAllowedError):
                if action == "pay":
                    truth.pay(order, attempt)
                else:
                    truth.end_attempt(order, AttemptState.CANCELLED, attempt=attempt)
        return RedirectResponse(f"/wallet/{token}", 303, headers=_HEADERS)

    return [
        Route("/wallet/{token}", show, methods=["GET"]),
        Route("/wallet/{token}/{action}", act, methods=["POST"]),
    ]
