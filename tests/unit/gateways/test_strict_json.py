"""The strict JSON reader: a corpus to refuse, a corpus to take, hostile sizes."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.gateways.strict_json import MAX_DEPTH, BadJson, JsonValue, parse_object

REFUSED = {
    "empty": (b"", "not_json"),
    "blank": (b"  ", "not_json"),
    "byte order mark": (b'\xef\xbb\xbf{"a":1}', "not_json"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "not_utf8"),
    "UTF-16 without a mark": ('{"a":1}'.encode("utf-16-le"), "not_json"),
    "Latin-1": ('{"a":"é"}'.encode("latin-1"), "not_utf8"),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', "not_utf8"),
    "surrogate as UTF-8": (b'{"a":"\xed\xa0\x80"}', "not_utf8"),
    "array": (b"[]", "not_an_object"),
    "text": (b'"a"', "not_an_object"),
    "number": (b"1", "not_an_object"),
    "null": (b"null", "not_an_object"),
    "two values": (b"{}{}", "not_json"),
    "rubbish behind": (b"{} x", "not_json"),
    "cut": (b'{"a":"b', "not_json"),
    "cut in an escape": (b'{"a":"b\\', "not_json"),
    "trailing comma": (b'{"a":1,}', "not_json"),
    "single quotes": (b"{'a':1}", "not_json"),
    "comment": (b'{"a":1}//', "not_json"),
    "bare word": (b'{"a":undefined}', "not_json"),
    "capital True": (b'{"a":True}', "not_json"),
    "NaN": (b'{"a":NaN}', "bad_number"),
    "Infinity": (b'{"a":Infinity}', "bad_number"),
    "-Infinity": (b'{"a":-Infinity}', "bad_number"),
    "leading zero": (b'{"a":01}', "not_json"),
    "plus sign": (b'{"a":+1}', "not_json"),
    "hexadecimal": (b'{"a":0x10}', "not_json"),
    "bare point": (b'{"a":1.}', "not_json"),
    "Arabic digit": ('{"a":٣}'.encode(), "not_json"),
    "41 digits": (b'{"a":' + b"1" * 41 + b"}", "bad_number"),
    "4,300 digits": (b'{"a":' + b"1" * 4301 + b"}", "bad_number"),
    "41 characters of a fraction": (b'{"a":0.' + b"1" * 39 + b"}", "bad_number"),
    "giant exponent": (b'{"a":1e999999999}', "bad_number"),
    "tiny exponent": (b'{"a":1e-999999999}', "bad_number"),
    "exponent just too large": (b'{"a":1e41}', "bad_number"),
    "duplicate key": (b'{"a":1,"a":1}', "duplicate_key"),
    "duplicate key within": (b'{"x":[{"a":1,"a":2}]}', "duplicate_key"),
    "duplicate key by escape": (b'{"a":1,"\\u0061":2}', "duplicate_key"),
    "33 deep": (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "too_deep"),
    "100,000 deep": (b'{"a":' + b"[" * 100_000, "too_deep"),
    "100,000 objects deep": (b'{"a":' * 100_000, "too_deep"),
    "lone high surrogate": (b'{"a":"\\ud800"}', "bad_text"),
    "lone low surrogate in a list": (b'{"a":["\\udc00"]}', "bad_text"),
    "lone surrogate as key": (b'{"\\ud800":1}', "bad_text"),
    "swapped surrogates": (b'{"a":"\\udc00\\ud800"}', "bad_text"),
    "NUL by escape": (b'{"a":"\\u0000"}', "bad_text"),
    "NUL as byte": (b'{"a":"\x00"}', "not_json"),
    "line feed in a text": (b'{"a":"\n"}', "not_json"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_is_not_one_strict_object(name: str) -> None:
    body, code = REFUSED[name]
    with pytest.raises(BadJson) as caught:
        parse_object(body)
    assert caught.value.code == code


TAKEN: dict[bytes, JsonValue] = {
    b"{}": {},
    b' {"a" : 1 } \r\n': {"a": 1},
    b'{"a":100.0}': {"a": Decimal("100.0")},
    b'{"a":1e2,"b":-0.5}': {"a": Decimal(100), "b": Decimal("-0.5")},
    b'{"a":[true,false,null]}': {"a": [True, False, None]},
    b'{"a":"\\ud83d\\ude00"}': {"a": "😀"},
    b'{"a":"]]]}}}[[["}': {"a": "]]]}}}[[["},
    b'{"a":"\\"[[[[\\\\"}': {"a": '"[[[[\\'},
    b'{"a":' + b"9" * 40 + b"}": {"a": int("9" * 40)},
    b'{"a":' + b"[" * 31 + b"]" * 31 + b"}": {"a": json.loads("[" * 31 + "]" * 31)},
    '{"中":"文"}'.encode(): {"中": "文"},
}


@pytest.mark.parametrize("body", TAKEN)
def test_reads_strict_objects_exactly(body: bytes) -> None:
    assert parse_object(body) == TAKEN[body]


def test_numbers_are_never_floats() -> None:
    found = parse_object(b'{"a":0.1,"b":1}')
    assert isinstance(found["a"], Decimal)
    assert type(found["b"]) is int


def test_an_error_never_quotes_the_body() -> None:
    with pytest.raises(BadJson) as caught:
        parse_object(b'{"access_token":"canary" oops')
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@given(st.binary(max_size=400))
def test_any_bytes_end_in_an_object_or_a_refusal(body: bytes) -> None:
    try:
        found = parse_object(body)
    except BadJson:
        return
    assert isinstance(found, dict)


_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**38), 10**38) | st.text(_CHARACTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(_CHARACTERS), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(_CHARACTERS), _JSON, max_size=4), st.booleans())
def test_reads_back_what_json_writes(value: dict[str, JsonValue], ascii_only: bool) -> None:
    assert parse_object(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"' + b'\\"' * 128_000,
        b'"\\' * 128_000,
        b"{" + b'"a":[' * MAX_DEPTH + b'"' * 256_000,
        b"[]" * 128_000,
    ],
    ids=["escaped quotes", "quote and backslash", "quotes", "flat brackets"],
)
def test_hostile_bytes_take_no_longer_than_their_length(body: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(BadJson):
        parse_object(body)
    assert time.perf_counter() - started < 1.0
