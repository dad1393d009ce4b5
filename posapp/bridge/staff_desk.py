"""Who stands at the till and who may do what, as the screens see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.asking import Asking
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.staff import Person, PinAnswer, Right
    from posapp.services.till import TillServices


class StaffDesk(Protocol):
    """Lives on the GUI thread; `done` and `failed` as `TillFacade` promises.

    Who stands at the till comes as `signals.crew_changed`. A wrong PIN is an answer, not a failure.
    """

    def sign_in(
        self,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Sign somebody in, also in place of who stands there; `crew_changed` comes before `done`."""
        ...

    def lock(self, done: Callable[[None], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Let nobody do anything until somebody signs in; where nobody was set up, nothing happens."""
        ...

    def wait_for(
        self, person_id: str, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Tell in how many seconds a PIN of theirs is looked at; 0 for now."""
        ...

    def approve(
        self,
        right: Right,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Take somebody's word for one action that needs this right; the answer carries the approval's token."""
        ...

    def people(
        self, done: Callable[[tuple[Person, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read everybody, also those who may no longer sign in, by name."""
        ...

    def add(
        self,
        person: Person,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Add somebody; the `person_id` given is replaced. The first one must be an owner, and anybody may add it."""
        ...

    def change(
        self,
        person: Person,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Change somebody's role, ceiling, or whether they may sign in; a name stays."""
        ...

    def set_pin(
        self,
        person_id: str,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Give somebody another PIN."""
        ...

    def new_code_anyway(
        self,
        order_id: str,
        reason: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Start a further attempt beside one that can still be paid; the reason and who allowed it are kept."""
        ...


class LiveStaffDesk:
    """The live desk; see `StaffDesk` for what its methods promise."""

    def __init__(self, asking: Asking) -> None:
        """Ask the io thread."""
        self._asking = asking

    def sign_in(
        self,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Sign somebody in."""
        self._asking.ask(lambda services: services.staff.sign_in(person_id, pin), done, failed)

    def lock(self, done: Callable[[None], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Let nobody do anything until somebody signs in."""

        async def job(services: TillServices) -> None:
            services.staff.lock()

        self._asking.ask(job, done, failed)

    def wait_for(
        self, person_id: str, done: Callable[[int], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Tell in how many seconds a PIN of theirs is looked at."""

        async def job(services: TillServices) -> int:
            return services.staff.wait_for(person_id)

        self._asking.ask(job, done, failed)

    def approve(
        self,
        right: Right,
        person_id: str,
        pin: str,
        done: Callable[[PinAnswer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Take somebody's word for one action."""
        self._asking.ask(lambda services: services.staff.approve(right, person_id, pin), done, failed)

    def people(
        self, done: Callable[[tuple[Person, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read everybody."""

        async def job(services: TillServices) -> tuple[Person, ...]:
            return services.roster.everybody()

        self._asking.ask(job, done, failed)

    def add(
        self,
        person: Person,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Add somebody."""
        self._asking.ask(lambda services: services.roster.add(person, pin, approval), done, failed)

    def change(
        self,
        person: Person,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Change somebody."""

        async def job(services: TillServices) -> Person:
            return services.roster.change(person, approval)

        self._asking.ask(job, done, failed)

    def set_pin(
        self,
        person_id: str,
        pin: str,
        approval: str | None,
        done: Callable[[Person], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Give somebody another PIN."""
        self._asking.ask(lambda services: services.roster.set_pin(person_id, pin, approval), done, failed)

    def new_code_anyway(
        self,
        order_id: str,
        reason: str,
        approval: str | None,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Start a further attempt beside one that can still be paid."""

        async def job(services: TillServices) -> OrderSnapshot:
            snapshot, to_send = await services.checkout.new_code(order_id, override=reason, approval=approval)
            if to_send:
                self._asking.spawn(_create(services, snapshot))
            return snapshot

        self._asking.ask(job, done, failed)


async def _create(services: TillServices, snapshot: OrderSnapshot) -> None:
    import asyncio

    await asyncio.sleep(0)  # `done` goes out before anything that the gateway's side has to say
    await services.checkout.create(snapshot)
