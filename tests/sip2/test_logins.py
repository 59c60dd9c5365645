"""Our own count of refused logins."""

from gateway.sip2.breaker import LoginEnd, LoginGate
from gateway.sip2.logins import OwnLogins


async def test_it_gives_leave_until_the_gate_closes_and_again_once_staff_resume() -> None:
    now = 0.0
    logins = OwnLogins(lambda: now, LoginGate(pause_s=10.0))
    assert await logins.ask() == 0
    assert logins.tell(LoginEnd.REFUSED) == 10
    assert await logins.ask() == 10
    now = 10.0
    assert await logins.ask() == 0
    assert logins.tell(LoginEnd.BROKEN_OFF) == 0
    assert await logins.ask() == 0
    assert logins.tell(LoginEnd.REFUSED) is None
    assert (await logins.ask(), logins.gate.stopped) == (None, True)
    await logins.resume()
    assert await logins.ask() == 0
