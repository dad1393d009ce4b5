"""Our own ids: never twice, in order of time, readable aloud, and within what gateways take."""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.merchant_ref import MAX_LENGTH, RANDOM_BYTES, merchant_ref, till_prefix

ALLOWED = re.compile(r"[A-Za-z0-9_-]{1,32}")
NOW_MS = 1_790_000_000_000
END_OF_TIME_MS = 2**45 - 1  # the year 3084


def test_a_hundred_thousand_ids_of_one_millisecond_are_all_different() -> None:
    ids = {merchant_ref("T1", NOW_MS, os.urandom(RANDOM_BYTES)) for _ in range(100_000)}
    assert len(ids) == 100_000


def test_cloned_tills_with_one_clock_differ_by_the_systems_randomness() -> None:
    # 14 digits of 5 bits: every one of the 70 bits has to count.
    first = merchant_ref("T1", NOW_MS, bytes(RANDOM_BYTES))
    others = {merchant_ref("T1", NOW_MS, (1 << bit).to_bytes(RANDOM_BYTES, "big")) for bit in range(70)}
    assert len(others) == 70
    assert first not in others


@given(
    till=st.text(max_size=40),
    unix_ms=st.integers(-(10**15), END_OF_TIME_MS),
    entropy=st.binary(min_size=9, max_size=40),
)
def test_length_and_characters_suit_every_gateway(till: str, unix_ms: int, entropy: bytes) -> None:
    assert ALLOWED.fullmatch(merchant_ref(till, unix_ms, entropy))


def test_the_longest_till_name_still_fits() -> None:
    assert len(merchant_ref("ABCDEFGHIJKL", END_OF_TIME_MS, b"\xff" * 64)) == MAX_LENGTH


@given(
    earlier=st.integers(0, END_OF_TIME_MS),
    later=st.integers(0, END_OF_TIME_MS),
    entropy=st.tuples(st.binary(min_size=9, max_size=9), st.binary(min_size=9, max_size=9)),
)
def test_ids_of_a_till_sort_by_time(earlier: int, later: int, entropy: tuple[bytes, bytes]) -> None:
    if earlier < later:
        assert merchant_ref("T1", earlier, entropy[0]) < merchant_ref("T1", later, entropy[1])


def test_a_clock_before_1970_counts_as_1970() -> None:
    assert merchant_ref("T1", -5, bytes(9)) == merchant_ref("T1", 0, bytes(9))


def test_no_letter_can_be_misread_over_the_telephone() -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret, the same every time
    text = "".join(merchant_ref("T1", NOW_MS + n, chance.randbytes(9)).partition("-")[2] for n in range(1_000))
    assert set(text) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@pytest.mark.parametrize(
    "till,prefix",
    [
        ("T1", "T1"),
        ("Till 1", "Till1"),
        ("counter-north-2", "ernorth2"),
        ("Harbour Tea / Till 12", "eaTill12"),
        ("收银台一号", "T"),
        ("收银台2", "2"),
        ("", "T"),
        ("--", "T"),
    ],
)
def test_the_prefix_keeps_the_telling_end_of_a_tills_name(till: str, prefix: str) -> None:
    assert till_prefix(till) == prefix


@pytest.mark.parametrize("length", [0, 8])
def test_too_little_randomness_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="9 random bytes"):
        merchant_ref("T1", NOW_MS, bytes(length))
