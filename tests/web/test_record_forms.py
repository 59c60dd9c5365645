"""The forms of peers and partners: a form that is sent as it was shown changes nothing, and a new one is filled with what is usual."""

import msgspec
import pytest

from gateway.desk import record_forms
from gateway.desk.access import Caller
from gateway.desk.structs.directory import RecordForm
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.staff import StaffRole
from tests.web.known import VALLEY
from tests.web.live import Live

ADMIN = Caller("an-admin", StaffRole.ADMIN)


def as_shown(form: RecordForm) -> dict[str, str]:
    """What a browser sends: every column, an unticked box as no."""
    return {
        name: form.cells.get(name, "false" if form.choices.get(name) == ("true", "false") else "")
        for name in form.columns
    }


async def test_a_peers_form_sent_as_it_is_changes_nothing(live: Live):
    before = await live.store.peers()
    form = await record_forms.peer_form(live.desk, ADMIN, "hub")
    assert (form.cells["enabled"], form.cells["version"], form.cells["dialect"]) == ("true", "1.2", "plain")
    await record_forms.save_peer_form(live.desk, ADMIN, form.version, as_shown(form))
    assert await live.store.peers() == before


async def test_a_partners_form_sent_as_it_is_changes_nothing(live: Live):
    before = await live.store.partners()
    form = await record_forms.partner_form(live.desk, ADMIN, VALLEY.id)
    await record_forms.save_partner_form(live.desk, ADMIN, form.version, as_shown(form))
    assert await live.store.partners() == before


@pytest.mark.parametrize("shape", [Peer, Partner])
async def test_a_new_ones_form_is_filled_with_what_is_usual(live: Live, shape: type[msgspec.Struct]):
    make = record_forms.peer_form if shape is Peer else record_forms.partner_form
    form = await make(live.desk, ADMIN, None)
    assert form.cells["id"] == ""
    usual = [field for field in msgspec.structs.fields(shape) if isinstance(field.default, bool)]
    assert {field.name: form.cells[field.name] for field in usual} == {
        field.name: str(field.default).lower() for field in usual
    }
