"""The shape of the sandbox's CBTIS replies: envelope, ids, times."""

from __future__ import annotations

import pytest

from posapp.sandbox.cbtis.errors import MESSAGES, Code
from posapp.sandbox.cbtis.replies import go_time

# 2023-08-30 20:44:05.928696203 UTC, the instant of the documents' examples.
EXAMPLE = 1_693_428_245_928_696_203


@pytest.mark.parametrize(
    "at_ns, digits, expected",
    [
        (EXAMPLE, 9, "2023-08-31T04:44:05.928696203+08:00"),
        (EXAMPLE, 6, "2023-08-31T04:44:05.928696+08:00"),
        (EXAMPLE, 0, "2023-08-31T04:44:05+08:00"),
        (EXAMPLE - 203, 9, "2023-08-31T04:44:05.928696+08:00"),
        (EXAMPLE // 10**9 * 10**9, 9, "2023-08-31T04:44:05+08:00"),
        (EXAMPLE // 10**9 * 10**9 + 7, 9, "2023-08-31T04:44:05.000000007+08:00"),
    ],
)
def test_times_look_as_go_writes_them(at_ns: int, digits: int, expected: str) -> None:
    assert go_time(at_ns, digits) == expected


def test_each_code_has_a_message_and_none_is_used_twice() -> None:
    assert MESSAGES.keys() == set(Code)
    assert len(set(MESSAGES.values())) == len(Code)
