"""Ways to bend a documented reply: fields that go, turn strange, swap with another order's, and bytes that break."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

Json = Any
Path = tuple[str | int, ...]

OURS, THEIRS = "@ours", "@theirs"
"""Stand for this order's and another order's ids until the ids are known."""

STRANGE: list[Json] = [
    *(None, True, False, 0, -1, 1, 12850, 128.5, 1e300, 10**39, [], {}, [[]], {"a": {"b": []}}, ""),
    *("0", "1", "128.50", "128.5", "12850", "-128.50", "1e9", "HKD", "TWD", "hkd", "SUCCEEDED", "PENDING", "CANCELLED"),
    *("succeeded", " SUCCEEDED", "REQUIRES_CUSTOMER_ACTION", "not found", "order not found", "duplicate_request"),
    *("javascript:alert(1)", "file:///etc/passwd", "https://pay.example/x", "weixin://wxpay/x", "../..", "a/b"),
    *("\u202e", "\u0000", "=1+1", "<b>", "x" * 5_000, "\ud800", OURS, THEIRS, f"{OURS}-id", f"{THEIRS}-id"),
]
STATUSES = [200, 200, 200, 200, 201, 400, 403, 404, 409, 422]
KINDS = [
    "application/json",
    "application/json; charset=utf-8",
    "application/problem+json",
    "text/html",
    "text/plain",
    "",
]


def places(value: Json, path: Path = ()) -> list[Path]:
    """Name every place in a body, its top included."""
    inner: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        inner = list(cast("dict[str | int, Json]", value).items())
    elif isinstance(value, list):
        inner = list(enumerate(cast("list[Json]", value)))
    return [path, *(deeper for key, each in inner for deeper in places(each, (*path, key)))]


@dataclass(frozen=True)
class Bend:
    """One change of a body: a value at a place, or nothing there."""

    path: Path
    value: Json = None
    remove: bool = False

    def on(self, body: Json) -> Json:
        """Return the body bent; the place may have gone by an earlier bend."""
        if not self.path:
            return copy.deepcopy(self.value)
        changed = copy.deepcopy(body)
        holder = changed
        for key in self.path[:-1]:
            holder = _at(holder, key)
        last = self.path[-1]
        if isinstance(holder, dict) and isinstance(last, str):
            if self.remove:
                cast("dict[str, Json]", holder).pop(last, None)
            else:
                holder[last] = copy.deepcopy(self.value)
        elif isinstance(holder, list) and isinstance(last, int):
            cast("list[Json]", holder)[last : last + 1] = [] if self.remove else [copy.deepcopy(self.value)]
        return changed


@dataclass(frozen=True)
class Answer:
    """What goes over the wire."""

    raw: bytes
    status: int = 200
    kind: str = "application/json"


def bends(body: Json) -> SearchStrategy[list[Bend]]:
    """Draw one to three changes of a body."""
    one = st.builds(Bend, st.sampled_from(places(body)[1:]), st.sampled_from(STRANGE), st.booleans()) | st.builds(
        Bend, st.just(()), st.sampled_from(STRANGE[:15])
    )
    return st.lists(one, min_size=1, max_size=3)


def answers(body: Json) -> SearchStrategy[Callable[[Mapping[str, str]], Answer]]:
    """Draw an answer whose fields are bent; ids are put in once they are known."""

    def make(changes: list[Bend], status: int, kind: str) -> Callable[[Mapping[str, str]], Answer]:
        bent = body
        for change in changes:
            bent = change.on(bent)
        return lambda ids: Answer(encoded(bent, ids), status, kind)

    kinds = st.sampled_from([*KINDS[:1] * 12, *KINDS[1:]])
    return st.builds(make, bends(body), st.sampled_from(STATUSES), kinds)


def broken(body: Json) -> SearchStrategy[Callable[[Mapping[str, str]], Answer]]:
    """Draw an answer whose bytes are broken: cut, flipped, doubled, deep, or in another encoding."""

    def make(how: str, at: float, junk: bytes) -> Callable[[Mapping[str, str]], Answer]:
        return lambda ids: Answer(_break(encoded(body, ids), how, at, junk))

    return st.builds(make, st.sampled_from(sorted(_BREAKS)), st.floats(0, 1, exclude_max=True), st.binary(max_size=6))


def encoded(body: Json, ids: Mapping[str, str]) -> bytes:
    """Write a body as JSON, with the ids in their places."""
    text = json.dumps(body)
    for name in sorted(ids, key=len, reverse=True):
        text = text.replace(name, ids[name])
    return text.encode("utf-8", "surrogatepass")


def _at(holder: Json, key: str | int) -> Json:
    if isinstance(holder, dict):
        return cast("dict[str | int, Json]", holder).get(key)
    listed = cast("list[Json]", holder) if isinstance(holder, list) else []
    return listed[key] if isinstance(key, int) and key < len(listed) else None


def _break(whole: bytes, how: str, at: float, junk: bytes) -> bytes:
    return _BREAKS[how](whole, int(at * len(whole)), junk)


def _twice(whole: bytes, _at: int, junk: bytes) -> bytes:
    """Name a field twice: the second time as a reader that takes the last one would like it."""
    again = {0: b'"status":"SUCCEEDED"', 1: b'"amount":"1"', 2: b'"code":0', 3: b'"data":{}'}[len(junk) % 4]
    return b"{" + again + b"," + again + b"," + whole[1:]


_BREAKS: dict[str, Callable[[bytes, int, bytes], bytes]] = {
    "cut": lambda whole, at, _: whole[:at],
    "flip": lambda whole, at, junk: whole[:at] + bytes([whole[at] ^ (1 << len(junk) % 8)]) + whole[at + 1 :],
    "insert": lambda whole, at, junk: whole[:at] + junk + whole[at:],
    "overwrite": lambda whole, at, junk: whole[:at] + junk + whole[at + len(junk) :],
    "append": lambda whole, _, junk: whole + junk,
    "prepend": lambda whole, _, junk: junk + whole,
    "twice": _twice,
    "two documents": lambda whole, _, __: whole + whole,
    "byte order mark": lambda whole, _, __: b"\xef\xbb\xbf" + whole,
    "utf-16": lambda whole, _, __: whole.decode().encode("utf-16"),
    "utf-32": lambda whole, _, __: whole.decode().encode("utf-32"),
    "deep": lambda whole, at, _: whole[:-1] + b',"x":' + b"[" * (at * 40) + b"]" * (at * 40) + b"}",
    "many digits": lambda whole, at, _: whole[:-1] + b',"x":' + b"9" * (41 + at * 10) + b"}",
    "NaN": lambda whole, _, __: whole[:-1] + b',"x":NaN}',
    "infinity": lambda whole, _, __: whole[:-1] + b',"x":-Infinity}',
    "lone surrogate": lambda whole, _, __: whole[:-1] + b',"x":"\\ud800"}',
    "NUL": lambda whole, _, __: whole[:-1] + b',"x":"\\u0000"}',
    "huge": lambda whole, _, __: whole[:-1] + b',"x":"' + b"x" * 300_000 + b'"}',
}


def honest(body: Json) -> Callable[[Mapping[str, str]], Answer]:
    """Return the answer unbent."""
    return lambda ids: Answer(encoded(body, ids))


def as_status(answer: Answer, status: int) -> Answer:
    """Return the same answer under another status."""
    return replace(answer, status=status)
