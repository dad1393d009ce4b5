"""ISO 4217: which currencies exist and how many decimals each has.

Source: ISO 4217 list one (active codes), state of 2026: BGN left with Bulgaria's euro, XCG and ZWG are in.
How many decimals a *gateway* takes (TWD as whole units, say) is that gateway's data, not the currency's.
"""

from __future__ import annotations

from typing import Final

from posapp.domain.errors import DomainError

_CODES_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
        "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK "
        "MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
        "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
        "USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

DECIMALS: Final[dict[str, int]] = {
    code: decimals for decimals, codes in _CODES_BY_DECIMALS.items() for code in codes.split()
}
"""Decimals of every active currency that has a minor unit, by its three-letter code."""

_ECHOED_LENGTH: Final = 8
WITHOUT_MINOR_UNIT: Final = frozenset("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split())
"""Active codes of metals, bond units, tests and 'no currency': real codes, but nothing a till can take."""


def decimals_of(code: str) -> int:
    """Return how many decimals the currency has: 0, 2, 3 or 4.

    Args:
        code: Three upper-case letters.

    Raises:
        DomainError: `currency_unknown`, or `currency_not_money` for codes such as XAU.
    """
    decimals = DECIMALS.get(code)
    if decimals is not None:
        return decimals
    if code in WITHOUT_MINOR_UNIT:
        raise DomainError("currency_not_money", f"{code} has no minor unit, so nothing can be charged in it")
    shown = code if code.isascii() and code.isalnum() and len(code) <= _ECHOED_LENGTH else "that text"
    raise DomainError("currency_unknown", f"{shown} is not an ISO 4217 currency code such as HKD")
