"""N12: a network that answers in the gateway's place until somebody signs in. Refused in words; no state changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from posapp.domain.status import AttemptState
from posapp.gateways.errors import Malformed
from tests.e2e.tls_door import server_context, tls_door
from tests.faults.network.live_till import live_till
from tests.faults.network.proxy import FaultProxy
from tests.faults.network.shop_proxy import Doorman, page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-network")

SIGNS = {
    "200 OK": ("captive_portal", "web page"),
    "302 Found": ("redirected", "points elsewhere"),
    "511 Network Authentication Required": ("captive_portal", "sign in"),
}
"""What a portal answers, and what is said about it."""


@pytest.mark.anyio
@pytest.mark.parametrize("status", SIGNS)
async def test_n12_a_portal_is_told_from_the_gateway_and_nothing_is_sent_after_it(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path, status: str
) -> None:
    problem, words = SIGNS[status]
    with FaultProxy(sandbox.base_url) as elsewhere:
        link.greeting = doorman = Doorman(page(status, f"{elsewhere.url}/login"))
        async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
            attempt = await till.charge()
        assert elsewhere.connections == 0
    assert (attempt.state, attempt.problem_code) == (AttemptState.NOT_SENT, problem)
    assert words in str(attempt.problem_text)
    assert [head.split(b" ")[0] for head in doorman.heads] == [b"GET"]  # the login, and nothing after it
    assert sandbox.truth()["requests_total"] == 0


@pytest.mark.anyio
async def test_n12_a_portal_that_comes_up_while_a_code_is_shown_changes_nothing(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path
) -> None:
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        (ref,) = await till.sell(1)
        sandbox.pay(ref)
        for status, (problem, _words) in SIGNS.items():
            link.greeting = Doorman(page(status, link.url))
            link.reset_all()
            with pytest.raises(Malformed) as caught:
                await till.services.reconciler.ask(ref)
            assert caught.value.code == problem
            assert till.state(ref) is AttemptState.PENDING
        attempt = await till.charge()
        assert attempt.code is None
        link.greeting = None
        await till.services.reconciler.ask(ref)
        assert till.state(ref) is AttemptState.SUCCEEDED


def test_n12_a_portal_that_steps_into_tls_hears_nothing(till: Till, sandbox: SandboxProcess) -> None:
    stranger = trustme.CA().issue_cert("localhost")
    with tls_door(server_context(stranger), sandbox.base_url) as door:
        till.reconfigure(f'"{sandbox.base_url}"', f'"https://localhost:{door.port}"')
        ended = till.charge().end()
        assert door.served == 0
    assert (ended.code, ended.last["state"], ended.last["problem"]) == (1, "NOT_SENT", "tls_unknown_ca")
