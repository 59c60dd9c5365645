"""A run against systems of other makers, which share no code with ours; and against nobody."""

import asyncio
import json

import pytest

from gateway.cli import main
from gateway.conformance.findings import Need, NeedFinding, Verdict, tally
from gateway.conformance.run import SecretPlace, Trial, Unreachable, count_of_probes, endpoint_for, run
from gateway.conformance.subject import Subject
from gateway.demo.stage.processes import free_port
from gateway.iso18626.codes import Version
from tests.peers.foreign import MAKERS, OLD, RESHARE, STRICT, Foreign, Maker, running

LISTENING = 5  # lines of a conversation that ends with the return of a loan


def subject(version: Version = Version.V1_2, dialect: str = "plain") -> Subject:
    return Subject(ours="ISIL:XX-OURS", theirs="ISIL:XX-FOREIGN", run_id="CT", version=version, dialect=dialect)


def trial(url: str, *, listen: tuple[str, int] | None = None, dialect: str = "plain") -> Trial:
    return Trial(
        subject=subject(dialect=dialect),
        endpoint=endpoint_for(url, account=None, secret=None, shown=SecretPlace.BEARER),
        listen=listen,
    )


def tried(foreign: Foreign, port: int, dialect: str = "plain") -> dict[str, NeedFinding]:
    """A run with an open door; the findings of the conversation are named `talk: …`."""
    findings: list[NeedFinding] = []
    asyncio.run(run(trial(foreign.url, listen=("127.0.0.1", port), dialect=dialect), findings.append))
    assert len(findings) == count_of_probes(subject()) + LISTENING
    return {f"talk: {each.probe}" if each.group == "conversation" else each.probe: each for each in findings}


def against(maker: Maker, dialect: str = "plain") -> dict[str, NeedFinding]:
    port = free_port()
    with running(maker, answers_to=f"http://127.0.0.1:{port}/iso18626") as foreign:
        return tried(foreign, port, dialect)


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.name)
def test_a_loan_is_carried_to_its_end_with_every_maker(maker):
    found = against(maker, "reshare" if maker is RESHARE else "plain")
    assert [name for name, each in found.items() if not each.is_ok] == []
    assert any("heard StatusChange LoanCompleted" in remark for remark in found["talk: ShippedReturn"].remarks)
    assert any("heard StatusChange Loaned" in remark for remark in found["talk: StatusRequest"].remarks)


def test_a_strict_maker_refuses_what_deviates_in_its_frame():
    found = against(STRICT)
    refused = {name for name, each in found.items() if each.verdict is Verdict.REFUSED and each.need is Need.FREE}
    assert {"no namespace", "a namespace of its own", "no envelope", "the same message again", "HoldReturn"} <= refused
    assert found["elements in another order"].verdict is Verdict.REPAIRED
    assert "another confirmation" in found["the same message again"].remarks


def test_a_reshare_refuses_renew_and_an_error_type_of_its_own_is_a_refusal():
    found = against(RESHARE, "reshare")
    assert found["talk: Renew"].remarks == ("UnsupportedActionType: Renew",)
    unknown = found["Cancel of an unknown request"]
    assert unknown.verdict is Verdict.REFUSED
    assert found["talk: request New"].remarks[0] == "heard RequestResponse WillSupply"


def test_an_old_system_answers_201_and_400_in_times_of_its_own():
    found = against(OLD)
    assert found["request New"].verdict is Verdict.ACCEPTED
    assert "we repaired: time-form, time-without-zone" in found["request New"].remarks
    assert found["no XML"].verdict is Verdict.REFUSED


def test_a_supplier_that_stays_silent_is_cancelled():
    port = free_port()
    findings: list[NeedFinding] = []
    with running(Maker(name="silent", promises=False)) as foreign:
        patient = Trial(
            subject=subject(),
            endpoint=endpoint_for(foreign.url, account=None, secret=None, shown=SecretPlace.BEARER),
            answer_s=0.05,
            listen=("127.0.0.1", port),
        )
        asyncio.run(run(patient, findings.append))
    talk = [each for each in findings if each.group == "conversation"]
    assert [each.probe for each in talk] == ["request New", "StatusRequest", "Cancel"]
    assert all("no answer within 0.05 s" in each.remarks for each in talk)
    assert all(each.is_ok for each in talk)


def test_without_a_door_what_comes_back_is_not_heard():
    findings: list[NeedFinding] = []
    with running(STRICT) as foreign:
        asyncio.run(run(trial(foreign.url), findings.append))
    assert findings[0].remarks == ("nobody listens (--listen)",)
    assert tally(findings)["no answer"] == 0


def test_nobody_there_ends_the_run_at_once():
    findings: list[NeedFinding] = []
    with pytest.raises(Unreachable, match="no connection"):
        asyncio.run(run(trial(f"http://127.0.0.1:{free_port()}/"), findings.append))
    assert findings == []


# ── the command ──


def test_the_command_prints_the_table_and_warns(capsys: pytest.CaptureFixture[str]):
    with running(STRICT) as foreign:
        assert main(["conformance", "--peer", foreign.url]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("For TEST endpoints alone")
    assert "request New" in out
    assert out.rstrip().endswith("0 no answer, 0 not as it should be.")


def test_the_command_says_no_where_something_is_not_as_it_should_be(capsys: pytest.CaptureFixture[str]):
    with running(Maker(name="poor", actions=frozenset({"StatusRequest"}))) as foreign:
        assert main(["conformance", "--peer", foreign.url, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    wrong = {each["probe"] for each in told["findings"] if not each["ok"]}
    assert wrong == {"Received", "ShippedReturn", "Cancel", "Notification"}
    assert told["tally"]["not as it should be"] == len([each for each in told["findings"] if not each["ok"]])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--version", "3"], "--version: 3 is none of 1.2, 2021-2."),
        (["--dialect", "martian"], "--dialect: martian is none of plain, reshare"),
        (["--secret-as", "smile"], "--secret-as: smile is none of bearer"),
        (["--secret-env", "NO_SUCH_VARIABLE"], "The environment variable NO_SUCH_VARIABLE is not set."),
        (["--listen", "here"], "here is no HOST:PORT."),
    ],
)
def test_an_option_that_cannot_be_used_is_named(arguments, words, capsys: pytest.CaptureFixture[str]):
    assert main(["conformance", "--peer", "http://127.0.0.1:9/", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_a_secret_is_never_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONFORMANCE_SECRET", "hush-hush")
    url = f"http://127.0.0.1:{free_port()}/"
    for kind in SecretPlace:
        arguments = ["--secret-env", "CONFORMANCE_SECRET", "--secret-as", kind, "--account", "us"]
        assert main(["conformance", "--peer", url, *arguments]) == 1
        assert "hush-hush" not in "".join(capsys.readouterr())
