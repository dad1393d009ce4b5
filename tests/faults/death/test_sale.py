"""A sale killed at each of its system calls: nothing is lost, nothing sent twice, and the cashier is told the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from posapp.domain.status import AttemptState
from posapp.ui.payment_words import phase_advice
from posapp.ui.presenters.payment_state import PaymentPhase, PaymentState, phase_of
from tests.faults.death.ward import Ward, runs, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posapp.domain.order import OrderSnapshot
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.autopsy import Books
    from tests.faults.death.nursery import Nursery
    from tests.faults.death.tracing import Call

    Figure = Callable[[str], None]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(300)]
S = AttemptState
NOBODY_SAW: Final = "Nobody has seen a code for this order, so a new code here is safe."


@dataclass(frozen=True)
class Found:
    """What one kill left.

    Attributes:
        call: The call that was never made.
        said: What posapp had acknowledged.
        books: The ledger as the next start finds it.
    """

    call: Call
    said: list[list[str]]
    books: Books

    @property
    def words(self) -> list[str]:
        """The acknowledgements without what they are about."""
        return [mark[0] for mark in self.said]


@dataclass
class Sale:
    """One sale at one gateway, ready to be killed in any of its phases."""

    ward: Ward
    phases: dict[str, list[Call]]
    campaign: bool
    kills: int = 0
    missed: list[str] = field(default_factory=list[str])

    def killed_in(self, row: str) -> Iterator[Found]:
        """Kill it in a phase, again and again, each time on a till with an empty ledger."""
        for call in share(self.phases[row], self.campaign):
            found = self._found(row, call)
            if found is None:
                self.missed.append(str(call))
                continue
            self.kills += 1
            yield found
        assert len(self.missed) <= 1, f"never came to {self.missed}"

    def _found(self, row: str, call: Call) -> Found | None:
        """Kill it at a call; None where that call never came before the reply was written down.

        Replies come in more or fewer pieces than the first time, so the same count of `recvfrom` may be a later one.
        """
        for _ in range(3):
            self.ward.fresh()
            said = self.ward.kill("sale", call)
            if said is None:
                continue
            found = Found(call, said, self.ward.books())
            later = any(order.leading.state is not S.CREATING for order in found.books.orders)
            if not (call.name == "recvfrom" and row in ("K3", "K4") and later):
                return found
        return None

    def told(self, order: OrderSnapshot) -> str:
        """Return what the cashier reads about an order, who must be able to start over."""
        state = PaymentState(order, phase_of(order))
        assert state.phase is PaymentPhase.NOT_KNOWN
        assert state.may_new_code
        return phase_advice(state)


_phases: dict[str, dict[str, list[Call]]] = {}


@pytest.fixture
def sale(
    make_till: Callable[..., Till], sandbox: SandboxProcess, nursery: Nursery, provider: str, campaign: bool
) -> Sale:
    """A sale, with its calls sorted by the row they belong to: what has happened when a kill strikes before each.

    What a transaction wrote counts from its last write on, which the sync after it only makes safe from a power cut.
    """
    ward = Ward(make_till(provider), provider, sandbox, nursery)
    if provider not in _phases:
        ward.fresh()
        calls = ward.calls("sale")
        syncs = [place for place, call in enumerate(calls) if (call.name, call.subject[-4:]) == ("fdatasync", "-wal")]
        begun, coded, shown = syncs[1:4]  # the first one is for the log's own header
        sent, heard = runs(calls, "sendto")[1][1], runs(calls[:coded], "recvfrom")[-1][1]  # first comes the login
        _phases[provider] = {
            "K1": calls[:begun],
            "K2": calls[begun : sent + 1],
            "K3": calls[sent + 1 : heard + 1],
            "K4": calls[heard + 1 : coded],
            "K5": calls[coded:shown],
            "K6": calls[shown:],
        }
    return Sale(ward, _phases[provider], campaign)


def test_k1_killed_before_the_order_is_committed_nothing_was_sent_and_nothing_is_listed(
    sale: Sale, figure: Figure
) -> None:
    for found in sale.killed_in("K1"):
        assert found.words == ["go"], found.call
        assert found.books.orders == (), found.call
        assert sale.ward.sandbox.seen() == [], found.call
        assert sale.ward.restart().orders == ()
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def test_k2_killed_before_the_create_left_it_is_unknown_asked_about_and_safe_to_start_over(
    sale: Sale, figure: Figure
) -> None:
    for found in sale.killed_in("K2"):
        assert found.books.only.leading.state is S.CREATING, found.call
        assert sale.ward.sandbox.seen() == [], found.call
        order = sale.ward.restart().only
        assert (order.leading.state, order.leading.problem_code) == (S.UNKNOWN, "interrupted"), found.call
        assert order.leading.is_watched
        assert order.needs_look
        assert NOBODY_SAW in sale.told(order)
        assert sale.ward.sandbox.seen() == [], "a restart sent something"
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def test_k3_killed_between_send_and_reply_it_is_found_by_asking_as_one_whose_code_nobody_saw(
    sale: Sale, figure: Figure
) -> None:
    for found in sale.killed_in("K3"):
        check_orphan(sale, found)
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def test_k4_killed_between_the_reply_and_its_commit_it_is_found_as_one_whose_code_nobody_saw(
    sale: Sale, figure: Figure
) -> None:
    for found in sale.killed_in("K4"):
        check_orphan(sale, found)
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def check_orphan(sale: Sale, found: Found) -> None:
    """Check an order that the gateway has, and of whose code this till knows nothing."""
    assert found.books.only.leading.state is S.CREATING, found.call
    books = sale.ward.restart()
    attempt = books.only.leading
    assert books.states() == ["CREATING", "UNKNOWN", "ORPHAN"], found.call
    assert (attempt.code, attempt.shown_at) == (None, None)
    assert attempt.is_watched
    assert NOBODY_SAW in sale.told(books.only)
    (seen,) = sale.ward.sandbox.seen()
    assert (seen["merchant_order_id"], seen["created"]) == (attempt.merchant_order_id, True), found.call
    if sale.ward.provider == "cbtis":
        assert seen["create_posts"] == 1


def test_k5_killed_between_the_commit_of_the_code_and_shown_the_code_may_be_shown_now(
    sale: Sale, figure: Figure
) -> None:
    for found in sale.killed_in("K5"):
        assert found.books.only.leading.state is S.CREATED, found.call
        assert sale.ward.restart().only.leading.shown_at is None
        check_payable(sale, found)
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def test_k6_killed_between_shown_and_the_paint_the_same_code_is_offered_again(sale: Sale, figure: Figure) -> None:
    for found in sale.killed_in("K6"):
        before = found.books.only.leading
        assert before.state is S.PENDING, found.call
        assert before.shown_at is not None
        assert sale.ward.restart().only.leading.shown_at == before.shown_at
        check_payable(sale, found)
    figure(f"{sale.ward.provider}: {sale.kills} kills")


def check_payable(sale: Sale, found: Found) -> None:
    """Put the code before the shopper, who pays: it is the one code there ever was."""
    ref = found.books.only.leading.merchant_order_id
    marks = sale.ward.live("show", order=ref)
    assert sale.ward.there(ref)["qr_urls"] == [marks[-1][2]], found.call
    sale.ward.sandbox.pay(ref)
    books = sale.ward.restart()
    attempt = books.only.leading
    assert (attempt.state, attempt.alarm) == (S.SUCCEEDED, None), found.call
    assert books.states() == ["CREATING", "CREATED", "PENDING", "SUCCEEDED"]
