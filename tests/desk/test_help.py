"""The help says what the tables say, all of it, and every alert of the file that Prometheus reads."""

import re
from pathlib import Path

from gateway.desk.access import Caller
from gateway.desk.alerts import alert_meanings
from gateway.desk.help import show_help
from gateway.dispatch.roles import TABLES
from gateway.workflow.staff import StaffRole

RULES = Path(__file__).parents[2] / "deploy" / "alerts.yml"


async def test_every_state_and_act_has_its_words():
    found = await show_help(None, Caller("somebody", StaffRole.VIEWER))  # type: ignore[arg-type] # it asks the desk nothing
    for told, table in zip(found.roles, TABLES.values(), strict=True):
        assert {state.state for state in told.states} == set(map(str, table.states))
        assert sum(len(act.meanings) for act in told.acts) == len(table.meanings)
        assert all(state.name and state.waits for state in told.states)


def test_every_alert_is_told_with_what_prometheus_says():
    names = re.findall(r"- alert: (\w+)", RULES.read_text())
    assert [alert.name for alert in alert_meanings()] == names
    for alert in alert_meanings():
        assert alert.summary.endswith("."), alert
        assert alert.description.endswith("."), alert
        assert not re.search(r"[{}]|\$|  ", alert.summary + alert.description), alert


def test_what_prometheus_fills_in_stands_by_its_name():
    told = {alert.name: alert for alert in alert_meanings()}
    assert told["IllGatewayAcsDown"].summary == "The circulation system has not answered for …."
    assert told["IllGatewayAcsDown"].pages
    assert told["IllGatewayPartnerFails"].summary == "Nothing could be delivered to [peer] for an hour."
