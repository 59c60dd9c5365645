"""What the settings say of keeping is what the purger goes by."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.app import building
from gateway.config.sections import RetentionSection
from gateway.dispatch.keeping import Keeping


def keeping(**days: int) -> Keeping:
    settings = SimpleNamespace(retention=RetentionSection(**days), billing=lambda: SimpleNamespace(year_begins=(1, 1)))
    ground: Any = SimpleNamespace(settings=settings, store=None, time=None, zone=None)
    return building.make_purger(ground)._keeping


def test_each_kind_is_kept_for_its_own_days():
    kept = keeping(
        requests_days=1500,
        documents_days=20,
        look_ups_days=30,
        bills_days=1000,
        notices_days=50,
        invoices_fiscal_years=6,
    )
    assert kept == Keeping(
        requests=timedelta(days=1500),
        documents=timedelta(days=20),
        look_ups=timedelta(days=30),
        bills=timedelta(days=1000),
        notices=timedelta(days=50),
        invoice_years=6,
        year_begins=(1, 1),
    )


@pytest.mark.parametrize("name", ["requests_days", "documents_days", "look_ups_days", "bills_days", "notices_days"])
def test_0_keeps_for_good(name: str):
    assert getattr(keeping(**{name: 0}), name.removesuffix("_days")) is None


def test_mails_are_kept_for_two_years_if_nothing_is_said():
    assert keeping().notices == timedelta(days=730)
