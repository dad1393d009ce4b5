"""Currencies the pretend gateways know, and how many decimals each provider takes."""

from __future__ import annotations

from decimal import Decimal

from posapp.sandbox.orders import Provider

_KNOWN = frozenset(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
        "CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD "
        "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
        "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
        "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
        "TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
    ).split()
)
_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_ISO_ZERO = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_ZERO: dict[Provider, frozenset[str]] = {
    # CBTIS publishes no list; whole TWD is this sandbox's conservative reading.
    Provider.CBTIS: _ISO_ZERO | {"TWD"},
    # Airwallex's own Magento library, CURRENCY_TO_DECIMAL.
    Provider.AIRWALLEX: _ISO_ZERO | {"HUF", "IDR", "MGA", "TWD"},
}

WECHAT_HONG_KONG = ("HKD", "USD", "AUD", "EUR", "SGD", "GBP", "JPY", "NZD", "CHF", "CAD", "CNY")
"""WeChat Pay currencies of Airwallex's Hong Kong entity, from its Magento plugin; there is no TWD."""


def is_known(currency: str) -> bool:
    """Tell whether the code is one a gateway would take at all."""
    return currency in _KNOWN


def decimals(provider: Provider, currency: str) -> int:
    """Return the most decimals an amount in this currency may have at this provider."""
    if currency in _ZERO[provider]:
        return 0
    return 3 if currency in _THREE else 2


def decimals_of(amount: Decimal) -> int:
    """Return how many decimals a finite amount is written with."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def written(provider: Provider, amount: Decimal, currency: str) -> str:
    """Return the amount for people, with all the decimals of its currency and grouped thousands."""
    return f"{amount:,.{decimals(provider, currency)}f}"
