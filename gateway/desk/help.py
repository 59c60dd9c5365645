"""Help out of the tables themselves: what each state, act and scan means, and each alert. Nothing of it is written down here."""

from gateway.desk.access import Caller
from gateway.desk.alerts import alert_meanings
from gateway.desk.offered import RIGHT_OF
from gateway.desk.ports import Desk
from gateway.desk.structs.help import ActHelp, ActMeaning, Help, RoleHelp, StateMeaning
from gateway.dispatch.roles import TABLES
from gateway.workflow.machine import Table
from gateway.workflow.meaning import NAMES
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction


async def show_help(_desk: Desk, _caller: Caller) -> Help:
    """Return what the tables and the alerts say."""
    return Help(roles=tuple(_role(role, table) for role, table in TABLES.items()), alerts=alert_meanings())


def _role(role: Role, table: Table) -> RoleHelp:
    states = tuple(_state(table, standing.state) for standing in table.standings)
    said = {meaning.action for meaning in table.meanings}
    return RoleHelp(role=str(role), states=states, acts=tuple(_act(table, act) for act in StaffAction if act in said))


def _state(table: Table, state: State) -> StateMeaning:
    standing, scan = table.standing(state), table.scan_line(state)
    return StateMeaning(
        state=str(state),
        name=standing.name,
        waits=standing.waits,
        next=NAMES[standing.next] if standing.next else None,
        scan=NAMES[scan.action] if scan.action else None,
        is_over=state in table.finals,
    )


def _act(table: Table, act: StaffAction) -> ActHelp:
    return ActHelp(
        name=NAMES[act],
        needs=str(RIGHT_OF[act]),
        meanings=tuple(
            ActMeaning(
                states=tuple(table.standing(state).name for state in meaning.states or ()),
                does=meaning.does,
                tells=meaning.tells,
                flags=tuple(map(str, meaning.flags)),
            )
            for meaning in table.meanings
            if meaning.action is act
        ),
    )
