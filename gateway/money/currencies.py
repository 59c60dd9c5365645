"""The currencies of ISO 4217 with the digits of their minor unit.

Source: ISO 4217:2015, list one of its maintenance agency SIX as amended up to 2026 (amendment 180: the euro in Bulgaria). Codes without
a minor unit (gold, test codes, units of account of funds) are none that a bill is written in, and are left out. Pure.
"""

from collections.abc import Mapping
from typing import Final

_BY_DIGITS: Final[Mapping[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
        DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
        KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
        PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
        USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_USUAL: Final = 2
DIGITS: Final[Mapping[str, int]] = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}


class UnknownCurrency(ValueError):  # noqa: N818 - it says what it is
    """No currency that a bill can be written in has this code."""


def digits_of(currency: str) -> int:
    """Return how many digits a currency's minor unit has: 2 for USD, 0 for JPY. Raises UnknownCurrency."""
    if currency not in DIGITS:
        raise UnknownCurrency("must be a currency of ISO 4217, like EUR")
    return DIGITS[currency]


def digits_named(currency: str) -> int:
    """Likewise of a code that a partner wrote: one of no list has two digits, as most currencies have."""
    return DIGITS.get(currency, _USUAL)
