"""Login by prompts, as a telnet-like service asks for it before SIP2 begins. Pure: bytes in, bytes out.

The dialogue is: prompt, user, prompt, password, one line of answer (Koha: "Login OK.  Initiating SIP" or "Invalid
login", C4/SIP/SIPServer.pm). Option negotiation is declined, other commands are passed over (RFC 854). Answers end in
CR, as SIP2 does; in CR LF if the service has sent one, for it may read up to the LF (RFC 854, "end of line").
"""

import re
from enum import StrEnum
from typing import Final

from gateway.sip2.errors import FrameError
from gateway.sip2.profiles import Credentials, Profile, compiled

_MAX_BYTES: Final = 4096  # of greeting and prompts together
_OPTION: Final = re.compile(rb"\xff([\xfb-\xfe])(.)", re.DOTALL)  # IAC WILL|WONT|DO|DONT option
_COMMAND: Final = re.compile(
    rb"\xff\xfa.{0,255}?\xff\xf0|\xff[\xf1-\xf9]", re.DOTALL
)  # IAC SB ... IAC SE, of some length or many that don't end would be looked for again and again; or IAC GA and its like
_DECLINE: Final = {b"\xfb": b"\xff\xfe", b"\xfd": b"\xff\xfc"}  # WILL -> DONT, DO -> WONT
_LINE_END: Final = re.compile(rb"[\r\n]")


class TelnetStep(StrEnum):
    """What the dialogue waits for."""

    USER_PROMPT = "user_prompt"
    PASSWORD_PROMPT = "password_prompt"  # noqa: S105 - the name of a step
    ANSWER = "answer"
    DONE = "done"
    REFUSED = "refused"


class PromptLogin:
    """One login by prompts. `step` tells how far it is; after DONE, `rest` is what already belongs to SIP2."""

    def __init__(self, profile: Profile, credentials: Credentials) -> None:
        self.step = TelnetStep.USER_PROMPT
        self.rest = b""
        self._line_end = b"\r"
        self._profile = profile
        self._credentials = credentials

    def receive_data(self, data: bytes) -> bytes:
        """Take one segment, give what to write. Raises FrameError when the other side talks without end."""
        self.rest += data
        if len(self.rest) > _MAX_BYTES:
            raise FrameError("the login prompts don't end")
        declined = b"".join(
            _DECLINE.get(verb, b"") + option for verb, option in _OPTION.findall(self.rest) if verb in _DECLINE
        )
        self.rest = _COMMAND.sub(b"", _OPTION.sub(b"", self.rest))
        if b"\r\n" in self.rest:
            self._line_end = b"\r\n"
        return declined + self._advance()

    def _advance(self) -> bytes:
        match self.step:
            case TelnetStep.USER_PROMPT if self._prompted(self._profile.login_prompt):
                return self._say(self._credentials.user, TelnetStep.PASSWORD_PROMPT)
            case TelnetStep.PASSWORD_PROMPT if self._prompted(self._profile.password_prompt):
                return self._say(
                    self._credentials.password, TelnetStep.ANSWER if self._profile.login_answers else TelnetStep.DONE
                )
            case TelnetStep.ANSWER:
                self._read_answer()
        return b""

    def _prompted(self, pattern: str) -> bool:
        return bool(compiled(pattern).search(self.rest.decode("latin-1").rstrip("\r\n")))

    def _say(self, text: str, then: TelnetStep) -> bytes:
        self.rest = b""
        self.step = then
        return text.encode(self._profile.encoding, "replace") + self._line_end

    def _read_answer(self) -> None:
        """A refusal, another prompt, or any other line that isn't the echo of the password: then we are in."""
        *lines, last = _LINE_END.split(self.rest)
        password = self._credentials.password.encode(self._profile.encoding, "replace")
        spoken = [line for line in lines if line.strip(b" *\0") and line.strip() != password]
        text = b"\n".join((*spoken, last)).decode("latin-1")
        if compiled(self._profile.login_refused).search(text) or compiled(self._profile.login_prompt).search(text):
            self.step = TelnetStep.REFUSED
        elif spoken:
            self.step, self.rest = TelnetStep.DONE, last
