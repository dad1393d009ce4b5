"""Reading a fault rule, and naming the field that is wrong."""

from __future__ import annotations

import pytest

from posapp.sandbox.exchange import JsonObject, JsonValue, Operation
from posapp.sandbox.orders import Provider
from posapp.sandbox.rule_fields import BadRuleError, Variant
from posapp.sandbox.rules import Fault, read_rule
from posapp.sandbox.scenarios import Scenarios


@pytest.mark.parametrize(
    "change, field",
    [
        ({"fault": None}, "fault"),
        ({"fault": "gremlin"}, "fault"),
        ({"fault": 7}, "fault"),
        ({"on": None}, "on"),
        ({"on": "refunds"}, "on"),
        ({"on": ["create"]}, "on"),
        ({"provider": "paypal"}, "provider"),
        ({"merchant_order_id": 7}, "merchant_order_id"),
        ({"times": -1}, "times"),
        ({"times": True}, "times"),
        ({"times": 1.5}, "times"),
        ({"after": "1"}, "after"),
        ({"seconds": None}, "seconds"),
        ({"seconds": "2"}, "seconds"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"committed": 1}, "committed"),
        ({"variant": "html"}, "variant"),
        ({"colour": "red"}, "colour"),
        ({"fault": "status", "seconds": None}, "seconds"),
        ({"fault": "drip", "committed": True}, "committed"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_field(change: JsonObject, field: str) -> None:
    good: JsonObject = {"on": "query", "fault": "latency", "seconds": 1}
    assert read_rule(good, 1).fault is Fault.LATENCY
    with pytest.raises(BadRuleError) as caught:
        read_rule(good | change, 1)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "rule, field",
    [
        ({"fault": "status"}, "status"),
        ({"fault": "status", "status": "500"}, "status"),
        ({"fault": "status", "status": 99}, "status"),
        ({"fault": "status", "status": 500, "body": 7}, "body"),
        ({"fault": "status", "status": 429, "retry_after": True}, "retry_after"),
        ({"fault": "status", "status": 429, "retry_after": "1\r\nx: y"}, "retry_after"),
        ({"fault": "malformed"}, "variant"),
        ({"fault": "malformed", "variant": "odd"}, "variant"),
        ({"fault": "unknown_status"}, "word"),
        ({"fault": "unknown_status", "word": 1}, "word"),
        ({"fault": "drip"}, "seconds"),
        ({"fault": "business_error"}, "code"),
        ({"fault": "business_error", "code": 0}, "code"),
        ({"fault": "business_error", "code": 1, "message": 1}, "message"),
        ({"fault": "swap_amount", "amount": []}, "amount"),
        ({"fault": "swap_amount", "currency": 1}, "currency"),
        ({"fault": "swap_order", "other": 1}, "other"),
        ({"fault": "drop_after", "reset": "yes"}, "reset"),
        ({"fault": "patch"}, "set"),
        ({"fault": "patch", "set": []}, "set"),
        ({"fault": "patch", "remove": "x"}, "remove"),
    ],
)
def test_each_fault_checks_what_it_needs(rule: JsonObject, field: str) -> None:
    with pytest.raises(BadRuleError) as caught:
        read_rule({"on": "any", **rule}, 1)
    assert caught.value.field == field


@pytest.mark.parametrize("given", [7, "latency", None, [[]]])
def test_a_rule_is_an_object(given: JsonValue) -> None:
    with pytest.raises(BadRuleError):
        Scenarios().install([given])


def test_a_list_with_one_wrong_rule_installs_nothing() -> None:
    scenarios = Scenarios()
    with pytest.raises(BadRuleError):
        scenarios.install([{"on": "any", "fault": "stale"}, {"on": "any", "fault": "gremlin"}])
    assert scenarios.installed() == []


def struck(scenarios: Scenarios, operation: Operation = Operation.QUERY, mid: str | None = "P1") -> Fault | None:
    rule = scenarios.strike(Provider.CBTIS, operation, mid)[1]
    return rule.fault if rule is not None else None


def test_a_rule_skips_strikes_and_is_spent() -> None:
    scenarios = Scenarios()
    scenarios.install({"on": "query", "fault": "stale", "after": 1, "times": 2})
    assert [struck(scenarios) for _ in range(4)] == [None, Fault.STALE, Fault.STALE, None]
    assert [(rule.skipped, rule.struck) for rule in scenarios.installed()] == [(1, 2)]


def test_times_zero_strikes_until_cleared() -> None:
    scenarios = Scenarios()
    scenarios.install({"on": "any", "fault": "stale", "times": 0})
    assert [struck(scenarios) for _ in range(5)] == [Fault.STALE] * 5
    assert scenarios.clear() == 1
    assert struck(scenarios) is None


def test_a_rule_strikes_only_what_it_concerns() -> None:
    scenarios = Scenarios()
    scenarios.install({"on": "query", "provider": "cbtis", "merchant_order_id": "P1", "fault": "stale", "times": 0})
    assert struck(scenarios, Operation.CREATE) is None
    assert struck(scenarios, mid="P2") is None
    assert struck(scenarios, mid=None) is None
    assert scenarios.strike(Provider.AIRWALLEX, Operation.QUERY, "P1") == ([], None)
    assert struck(scenarios) is Fault.STALE


def test_latencies_add_to_one_other_fault() -> None:
    scenarios = Scenarios()
    scenarios.install(
        [
            {"on": "query", "fault": "latency", "seconds": 1},
            {"on": "query", "fault": "stale"},
            {"on": "query", "fault": "malformed", "variant": Variant.BOM},
            {"on": "query", "fault": "latency", "seconds": 2},
        ]
    )
    delays, chosen = scenarios.strike(Provider.CBTIS, Operation.QUERY, None)
    assert [delay.options["seconds"] for delay in delays] == [1, 2]
    assert chosen is not None
    assert chosen.fault is Fault.STALE
    assert struck(scenarios) is Fault.MALFORMED


def test_one_rule_can_be_cleared_alone() -> None:
    scenarios = Scenarios()
    first, second = scenarios.install([{"on": "any", "fault": "stale"}, {"on": "any", "fault": "not_found"}])
    assert scenarios.clear(first.number) == 1
    assert scenarios.clear(first.number) == 0
    assert scenarios.installed() == [second]
