"""Login by prompts, as conversations."""

import pytest

from gateway.sip2.errors import FrameError
from gateway.sip2.profiles import Credentials, Profile
from gateway.sip2.telnet import PromptLogin, TelnetStep
from tests.fuzz.timing import bounded


def dialogue(profile: Profile | None = None) -> PromptLogin:
    return PromptLogin(profile or Profile(), Credentials("gateway", "hush"))


def test_the_usual_dialogue() -> None:
    login = dialogue()
    assert login.receive_data(b"Welcome to Example Valley\nlogin: ") == b"gateway\r"
    assert login.receive_data(b"password: ") == b"hush\r"
    assert login.receive_data(b"Login OK.  Initiating SIP\r\n") == b""
    assert (login.step, login.rest) == (TelnetStep.DONE, b"")


def test_prompts_may_come_in_pieces_and_with_echo() -> None:
    login = dialogue()
    assert [login.receive_data(bytes([byte])) for byte in b"User name: "][-2:] == [b"gateway\r", b""]
    assert login.receive_data(b"gateway\r\nPass") == b""
    assert login.receive_data(b"word:") == b"hush\r\n", "the echo of the user ended in CR LF"
    assert login.receive_data(b"****\r\n") == b""
    assert login.receive_data(b"hush\r\n") == b""
    before = login.step
    login.receive_data(b"Ready\r\n")
    assert (before, login.step) == (TelnetStep.ANSWER, TelnetStep.DONE)


@pytest.mark.parametrize(
    "answer", [b"Invalid login\r\n", b"\r\nlogin: ", b"Access denied\r\n", b"Invalid login\r\nlogin: "]
)
def test_a_refusal_is_told_by_its_words_or_by_another_prompt(answer: bytes) -> None:
    login = dialogue()
    login.receive_data(b"login: ")
    login.receive_data(b"password: ")
    login.receive_data(answer)
    assert login.step is TelnetStep.REFUSED


@pytest.mark.parametrize("end", [b"", b" ", b"\xff\xf9", b" \xff\xf9", b"\r\n", b"\xff\xf9\r\n"])
@pytest.mark.parametrize("whole", [True, False], ids=["in one piece", "byte by byte"])
def test_a_prompt_may_end_in_go_ahead_or_a_line_end(end: bytes, whole: bool) -> None:  # noqa: FBT001 - a case
    login = dialogue()
    said = []
    for prompt in (b"login:" + end, b"password:" + end, b"OK\r\n"):
        pieces = [prompt] if whole else [bytes([byte]) for byte in prompt]
        said.append(b"".join(map(login.receive_data, pieces)))
    assert ([each.strip() for each in said], login.step) == ([b"gateway", b"hush", b""], TelnetStep.DONE)


@pytest.mark.parametrize("prompt", [b"Welcome\r\nlogin: ", b"login:\r\n", b"\r\n\r\nUser name: "])
def test_an_answer_ends_as_the_prompts_lines_do(prompt: bytes) -> None:
    """A service that ends lines in CR LF may read up to the LF (RFC 854)."""
    login = dialogue()
    assert login.receive_data(prompt) == b"gateway\r\n"
    assert login.receive_data(b"password: ") == b"hush\r\n"


def test_what_is_negotiated_about_an_option_is_no_text() -> None:
    login = dialogue()
    assert login.receive_data(b"\xff\xfa\x18\x01") == b""
    assert login.receive_data(b"\xff\xf0login:") == b"gateway\r"


@pytest.mark.parametrize(
    ("answer", "step"),
    [
        (b"0 failed logins since last time. Login OK\r\n", TelnetStep.DONE),
        (b"No failed logins. Ready\r\n", TelnetStep.DONE),
        (b"10 failed logins\r\n", TelnetStep.REFUSED),
        (b"Login failed\r\n", TelnetStep.REFUSED),
    ],
)
def test_a_count_of_no_failed_logins_is_no_refusal(answer: bytes, step: TelnetStep) -> None:
    login = dialogue()
    for data in (b"login: ", b"password: ", answer):
        login.receive_data(data)
    assert login.step is step


def test_a_server_that_does_not_answer_is_a_setting() -> None:
    login = dialogue(Profile(login_answers=False))
    login.receive_data(b"login: ")
    login.receive_data(b"password: ")
    assert login.step is TelnetStep.DONE


def test_options_are_declined() -> None:
    login = dialogue()
    answer = login.receive_data(b"\xff\xfb\x01\xff\xfd\x18\xff\xfe\x03login: ")
    assert answer == b"\xff\xfe\x01\xff\xfc\x18gateway\r"
    assert login.receive_data(b"\xff") + login.receive_data(b"\xfd") + login.receive_data(b"\x1f") == b"\xff\xfc\x1f"


def test_a_greeting_without_end_is_refused() -> None:
    login = dialogue()
    with pytest.raises(FrameError):
        login.receive_data(b"x" * 5000)


def test_commands_that_never_end_take_no_time() -> None:
    login = dialogue()
    with bounded(1.0):
        login.receive_data(b"\xff\xfa" * 2_000)
