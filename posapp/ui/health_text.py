"""How the gateway, the ledger and this computer's clock are doing, in the words of the bar on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.errors import Problem
from posapp.domain.till import HealthState
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.icons import Icon
from posapp.ui.problem_text import has_sentence, problem_text
from posapp.ui.text import Look
from posapp.ui.time_text import age_text, long_span_text, span_text
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.till import GatewayHealth

CALM_S: Final = 10.0
"""Seconds of silence that one lost reply explains; only a longer one is said to be in the way of new charges."""

_MENDABLE: Final = frozenset(
    {
        *("captive_portal", "redirected", "proxy_auth", "proxy_refused", "proxy_unreachable", "no_route"),
        *("tls_clock", "tls_expired", "tls_wrong_host", "tls_unknown_ca", "tls_protocol", "tls_failed"),
    }
)
"""Causes of silence that do not pass by themselves: they are named, so that somebody can do something about them."""

_LOOKS: Final = {
    HealthState.ANSWERING: (QT_TRANSLATE_NOOP("text", "{gateway} answered {age}"), ToneName.PAID, Icon.SIGNAL),
    HealthState.UNASKED: (QT_TRANSLATE_NOOP("text", "{gateway} was not asked yet"), ToneName.WAITING, Icon.SIGNAL),
    HealthState.SLOW_DOWN: (
        QT_TRANSLATE_NOOP("text", "{gateway} wants to be asked less often: news may come later"),
        ToneName.NOT_KNOWN,
        Icon.CLOCK,
    ),
    HealthState.REJECTED: (
        QT_TRANSLATE_NOOP(
            "text", "{gateway} rejects this till's credentials: new charges will not work until they are mended"
        ),
        ToneName.REFUSED,
        Icon.WARNING,
    ),
    HealthState.STOPPED: (
        QT_TRANSLATE_NOOP(
            "text", "The part of this program that asks {gateway} has stopped and is being started again"
        ),
        ToneName.REFUSED,
        Icon.CRASH,
    ),
}
"""The states whose words depend on nothing but the gateway's name and the age of its last answer."""


def health_look(health: GatewayHealth, gateway: str, now: datetime) -> Look:
    """Say in one line how the gateway is doing; changes with every second.

    Args:
        health: The last news.
        gateway: The gateway's name for people.
        now: The present instant, aware.
    """
    if health.state is HealthState.SILENT:
        return _silent(health, gateway, now)
    if health.state is HealthState.LEDGER:
        return _ledger(health)
    words, tone, icon = _LOOKS[health.state]
    last = health.last_answer_at
    age = age_text((now - last).total_seconds()) if last else ""
    return Look(QCoreApplication.translate("text", words).format(gateway=gateway, age=age), tone, icon)


def clock_words(ahead_s: int) -> tuple[str, str]:
    """Say by how much this computer's clock is wrong, and that no money hangs on it.

    Args:
        ahead_s: Seconds that it is ahead of the gateway's clock; negative where it is behind.
    """
    if ahead_s > 0:
        words = QCoreApplication.translate("text", "This computer's clock is {span} ahead of the gateway's")
    else:
        words = QCoreApplication.translate("text", "This computer's clock is {span} behind the gateway's")
    advice = QCoreApplication.translate("text", "Set it right; payments are not affected.")
    return words.format(span=long_span_text(abs(ahead_s))), advice


def _silent(health: GatewayHealth, gateway: str, now: datetime) -> Look:
    if health.problem_code in _MENDABLE:
        reason, _ = problem_text(Problem(health.problem_code, ""))
        words = QCoreApplication.translate("text", "{reason}: new charges will not work; open orders are still asked")
        return Look(words.format(reason=reason), ToneName.REFUSED, Icon.NO_SIGNAL)
    began = health.since or health.last_answer_at or now
    if (now - began).total_seconds() < CALM_S:
        calm = QCoreApplication.translate("text", "{gateway} did not answer just now and is being asked again")
        return Look(calm.format(gateway=gateway), ToneName.NOT_KNOWN, Icon.NO_SIGNAL)
    since = health.last_answer_at or began
    words = QCoreApplication.translate(
        "text", "No answer from {gateway} for {span}: new charges will not work; open orders are still asked"
    )
    span = span_text((now - since).total_seconds())
    return Look(words.format(gateway=gateway, span=span), ToneName.REFUSED, Icon.NO_SIGNAL)


def _ledger(health: GatewayHealth) -> Look:
    """Name the ledger's trouble where its cause is known: a full disk is mended otherwise than a failing one."""
    if health.problem_code is None or not has_sentence(health.problem_code):
        words = QCoreApplication.translate("text", "This till cannot write its ledger: nothing new can be charged")
        return Look(words, ToneName.REFUSED, Icon.WARNING)
    reason, _ = problem_text(Problem(health.problem_code, ""))
    words = QCoreApplication.translate("text", "{reason}: nothing new can be charged")
    return Look(words.format(reason=reason), ToneName.REFUSED, Icon.WARNING)
