"""[mail] and [money]: texts name only what there is, amounts are texts, and columns are known."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.config.mail import MailSection
from gateway.config.money import MoneySection

MAIL: dict[str, Any] = {"host": "mail.library.example", "sender": "ill@library.example"}


def test_a_text_that_names_what_there_is_is_taken():
    assert MailSection(**{**MAIL, "texts": {"bill_subject": "$kind $number, 5 $$ off"}}).texts.bill_subject


@pytest.mark.parametrize("text", ["Dear $customer", "costs 5 $", "$title"])
def test_a_text_that_names_what_there_is_not_is_a_mistake(text: str):
    with pytest.raises(ValidationError, match=r"nothing is called|a \$ must be followed"):
        MailSection(**{**MAIL, "texts": {"bill_body": text}})


@pytest.mark.parametrize("more", [{"sender": "nobody"}, {"sender": None}, {"user": "ill"}, {"tls": "maybe"}])
def test_what_can_not_be_is_a_mistake(more: dict[str, Any]):
    with pytest.raises(ValidationError):
        MailSection(**{**MAIL, **more})


@pytest.mark.parametrize(
    "given",
    [
        {"processing_fee": 12.5},
        {"processing_fee": "12.505"},
        {"currency": "XAU"},
        {"price": "flat"},
        {"reminder_days": [30, 20, 90]},
        {"credit_series": "INV"},
        {"export": {"Amount": "amout"}},
    ],
)
def test_money_that_can_not_be_is_a_mistake(given: dict[str, Any]):
    with pytest.raises(ValidationError):
        MoneySection(**given)


def test_amounts_are_exact():
    given: dict[str, Any] = {"processing_fee": "12.50"}
    assert str(MoneySection(**given).processing_fee) == "12.50"
