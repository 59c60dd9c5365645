"""What becomes of a notice: every state and trigger, and the tasks that come of it."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.notices.life import NoticeAct, NoticeEvent, NoticeTrigger, acts, decide
from gateway.notices.records import Notice, NoticeKind, NoticeState
from gateway.workflow.tasks import TaskKind

S, T = NoticeState, NoticeTrigger
NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
EXPECTED = {
    (S.WAITING, T.TAKEN): (S.SENT, None, False),
    (S.WAITING, T.NOT_TAKEN): (S.REFUSED, TaskKind.NOT_MAILED, False),
    (S.WAITING, T.PERHAPS_TAKEN): (S.UNKNOWN, TaskKind.PERHAPS_MAILED, False),
    (S.WAITING, T.STUCK): (S.WAITING, TaskKind.NOT_MAILED, False),
    (S.SENT, T.SEND_AGAIN): (S.WAITING, None, True),
    (S.REFUSED, T.SEND_AGAIN): (S.WAITING, None, True),
    (S.UNKNOWN, T.SEND_AGAIN): (S.WAITING, None, True),
    (S.UNKNOWN, T.ARRIVED): (S.SENT, None, False),
    (S.REFUSED, T.SET_ASIDE): (S.SET_ASIDE, None, False),
    (S.UNKNOWN, T.SET_ASIDE): (S.SET_ASIDE, None, False),
}


def notice(state: NoticeState) -> Notice:
    return Notice(
        id="N-1", kind=NoticeKind.STATEMENT, state=state, about="sample", to="a@b.example", made_at=NOW, changed_at=NOW
    )


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("trigger", NoticeTrigger)
def test_every_pair_has_an_answer(state: NoticeState, trigger: NoticeTrigger):
    later = NOW + timedelta(hours=1)
    event = NoticeEvent(trigger=trigger, at=later, by="anna", words="Why.", to=None)
    decision = decide(notice(state), event)
    if (state, trigger) not in EXPECTED:
        assert decision is None
        return
    assert decision is not None
    to, opens, sends = EXPECTED[state, trigger]
    assert (decision.notice.state, decision.row.opens, decision.row.sends) == (to, opens, sends)
    assert (decision.notice.version, decision.notice.changed_at, decision.notice.changed_by) == (2, later, "anna")
    assert (decision.notice.words, decision.notice.times) == ("Why.", 2 if sends else 1)


def test_it_is_sent_again_to_another_address_if_one_is_named():
    event = NoticeEvent(trigger=T.SEND_AGAIN, at=NOW, by="anna", to="new@b.example")
    decision = decide(notice(S.REFUSED), event)
    assert decision is not None
    assert decision.notice.to == "new@b.example"


def test_what_is_offered_is_what_the_table_lets_happen():
    assert acts(S.WAITING) == ()
    assert acts(S.UNKNOWN) == (NoticeAct.SEND_AGAIN, NoticeAct.ARRIVED, NoticeAct.SET_ASIDE)
    assert acts(S.REFUSED) == (NoticeAct.SEND_AGAIN, NoticeAct.SET_ASIDE)
    assert acts(S.SENT) == (NoticeAct.SEND_AGAIN,)
