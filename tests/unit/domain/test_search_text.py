"""What a search text means, without a ledger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.search_text import amounts_of, is_searchable, note_matches, phrases_of, tail_of, words_of


@pytest.mark.parametrize(
    "text,words",
    [
        ("Table 5, OOLONG", ["table", "5", "oolong"]),
        ("凍檸茶 hot", ["凍", "檸", "茶", "hot"]),
        ("café-au-lait", ["cafe", "au", "lait"]),
        ("한국 tea", ["한", "국", "tea"]),
        ("a_b", ["a", "b"]),
        (" \u200b%'\"", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "note,text,found",
    [
        ("Two milk teas", "mil", True),
        ("Two milk teas", "ilk", False),
        ("Two milk teas", "teas two", True),
        ("Two milk teas", "milk-tea", True),
        ("Two milk teas", "tea-milk", False),
        ("Two milk teas", "milk beer", False),
        ("凍奶茶少甜", "奶茶", True),
        ("凍奶茶少甜", "茶", True),
        ("凍奶茶少甜", "奶少", False),
        ("凍奶茶少甜", "奶 少", True),
        ("", "tea", False),
        ("tea", "&", False),
    ],
)
def test_notes(note: str, text: str, found: bool) -> None:
    assert note_matches(note, phrases_of(text)) is found


@pytest.mark.parametrize(
    "text,tail", [("7K3M9Q", "7K3M9Q"), ("9Q", None), ("7K3 M9Q", None), ("奶茶奶茶", None), ("pi-3", "pi-3")]
)
def test_the_end_of_an_id(text: str, tail: str | None) -> None:
    assert tail_of(text) == tail


@given(st.integers(1, 9_999_999))
def test_an_amount_means_itself_and_its_whole_part(minor: int) -> None:
    exact = f"{minor // 100}.{minor % 100:02d}"
    assert any(least == most == minor and "HKD" in codes for least, most, codes in amounts_of(exact))
    whole = str(minor // 100)
    if minor >= 100:
        assert any(least <= minor <= most and "HKD" in codes for least, most, codes in amounts_of(whole))


@pytest.mark.parametrize("text", ["", "\0", "milk\0", "\ud83c", "x" * 1_001])
def test_what_no_ledger_holds_is_not_looked_for(text: str) -> None:
    assert not is_searchable(text)
