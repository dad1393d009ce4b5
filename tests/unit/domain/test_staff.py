"""Who may do what, which PINs are none, and how long wrong ones keep one waiting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.errors import DomainError
from posapp.domain.staff import (
    RIGHTS,
    Crew,
    Person,
    Right,
    Role,
    check_crew,
    check_name,
    check_pin,
    initials,
    pin_delay_s,
)

OWNER = Person("1", "Olivia", Role.OWNER)
CASHIER = Person("2", "Chris", Role.CASHIER)
HOUR_S = 3600


@pytest.mark.parametrize(
    "failures, seconds", [(0, 0), (1, 0), (2, 0), (3, 30), (4, 60), (5, 300), (6, 900), (7, 3600), (99, 3600)]
)
def test_wrong_pins_keep_one_waiting_longer_and_longer(failures: int, seconds: int) -> None:
    assert pin_delay_s(failures) == seconds


@given(st.integers(0, 10_000))
def test_a_further_wrong_pin_never_shortens_the_wait(failures: int) -> None:
    assert 0 <= pin_delay_s(failures) <= pin_delay_s(failures + 1) <= HOUR_S


@given(st.lists(st.integers(0, 600), max_size=60))
def test_however_patient_somebody_is_an_hour_has_few_tries(pauses: list[int]) -> None:
    """Whatever the pauses between the tries, no hour beginning at a first try has more than ten."""
    now, tried = 0, list[int]()
    for pause in pauses:
        now = max(now + pause, tried[-1] + pin_delay_s(len(tried)) if tried else 0)
        tried.append(now)
    assert sum(at < HOUR_S for at in tried) <= 10


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４", "-123", "1 34"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_pin(pin)
    assert refused.value.code == "pin_unusable"


@pytest.mark.parametrize(
    "pin", ["0000", "77777777", "1234", "4321", "6789", "7890", "0987", "123456", "1212", "123123"]
)
def test_the_laziest_pins_are_refused(pin: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_pin(pin)
    assert refused.value.code == "pin_lazy"


@pytest.mark.parametrize("pin", ["2580", "7391", "11223", "90210", "13579024"])
def test_other_pins_will_do(pin: str) -> None:
    check_pin(pin)


@pytest.mark.parametrize("name", ["", " Mei", "Mei\n", "x" * 41, "a\tb"])
def test_a_name_has_to_fit_on_a_report(name: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_name(name)
    assert refused.value.code == "name_unusable"
    check_name("Mei Ling 陳")


@pytest.mark.parametrize(
    "people, code",
    [
        ((CASHIER,), "owner_missing"),
        ((Person("1", "Olivia", Role.OWNER, active=False),), "owner_missing"),
        ((OWNER, Person("3", "OLIVIA", Role.CASHIER)), "name_taken"),
    ],
)
def test_people_that_could_not_work_together_are_refused(people: tuple[Person, ...], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_crew(people)
    assert refused.value.code == code


def test_people_with_an_owner_will_do() -> None:
    check_crew(())
    check_crew((OWNER, CASHIER))


def test_an_owner_may_everything_and_a_manager_all_but_the_settings() -> None:
    assert RIGHTS[Role.OWNER] == set(Right)
    assert set(Right) - RIGHTS[Role.MANAGER] == {Right.SETTINGS}
    assert RIGHTS[Role.CASHIER] == {Right.SHIFT}


def test_a_till_without_people_keeps_nobody_from_anything() -> None:
    assert all(Crew().may(right) for right in Right)
    assert not any(Crew((OWNER,)).may(right) for right in Right)
    assert Crew((OWNER, CASHIER), CASHIER).may(Right.SHIFT)
    assert not Crew((OWNER, CASHIER), CASHIER).may(Right.REFUND)


def test_who_may_no_longer_sign_in_has_no_rights() -> None:
    assert not Person("1", "Olivia", Role.OWNER, active=False).may(Right.REFUND)


@pytest.mark.parametrize("name, letters", [("Mei Ling Chan", "MC"), ("olivia", "O"), ("陳 美玲", "陳美")])
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters
