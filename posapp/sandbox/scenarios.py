"""The mischief a test has ordered: the installed fault rules, and which of them a request gets.

What a fault does to a request is in `mischief.py`, how a rule is read in `rules.py`.
"""

from __future__ import annotations

import itertools
import threading

from posapp.sandbox.exchange import JsonValue, Operation
from posapp.sandbox.orders import Provider
from posapp.sandbox.rule_fields import BadRuleError
from posapp.sandbox.rules import Fault, Rule, read_rule

_MOST_RULES = 1_000


class Scenarios:
    """The installed rules, asked once for each request. Safe from any thread."""

    def __init__(self) -> None:
        """Install nothing."""
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._numbers = itertools.count(1)

    def install(self, wanted: JsonValue) -> list[Rule]:
        """Install one rule or a list of them: all, or none if one is wrong.

        Raises:
            BadRuleError: A name is unknown or a value has the wrong type.
        """
        given = wanted if isinstance(wanted, list) else [wanted]
        rules = [read_rule(each, next(self._numbers)) for each in given]
        with self._lock:
            if len(self._rules) + len(rules) > _MOST_RULES:
                raise BadRuleError("faults", f"at most {_MOST_RULES} rules may be installed")
            self._rules.extend(rules)
        return rules

    def installed(self) -> list[Rule]:
        """Return the rules that are installed, spent ones included."""
        with self._lock:
            return list(self._rules)

    def clear(self, number: int | None = None) -> int:
        """Remove one rule, or all; return how many went."""
        with self._lock:
            kept = [] if number is None else [rule for rule in self._rules if rule.number != number]
            gone = len(self._rules) - len(kept)
            self._rules = kept
        return gone

    def strike(
        self, provider: Provider, operation: Operation, merchant_order_id: str | None
    ) -> tuple[list[Rule], Rule | None]:
        """Return what a request gets: every latency that concerns it, and the first other fault."""
        delays: list[Rule] = []
        chosen: Rule | None = None
        with self._lock:
            for rule in self._rules:
                if rule.spent or not rule.concerns(provider, operation, merchant_order_id):
                    continue
                if rule.fault is not Fault.LATENCY and chosen is not None:
                    continue
                if rule.skipped < rule.after:
                    rule.skipped += 1
                    continue
                rule.struck += 1
                if rule.fault is Fault.LATENCY:
                    delays.append(rule)
                else:
                    chosen = rule
        return delays, chosen
