"""`man | completion`: the manual page and the shell's completion, both made out of the parser, so that they say what there is and nothing else.

ill-gateway man > /usr/local/share/man/man1/ill-gateway.1
ill-gateway completion > /etc/bash_completion.d/ill-gateway
"""

import argparse
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Path = tuple[str, ...]
_SHELL: Final = """\
# Completion of ill-gateway for bash; zsh reads it after `autoload -U bashcompinit && bashcompinit`.
_ill_gateway() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path="" each IFS=$'\\n'
    for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        _ill_gateway_words "$path $each" > /dev/null && path="$path $each"
    done
    [[ $before == --* ]] && each=$(_ill_gateway_values "$path $before") || each=$(_ill_gateway_words "$path")
    COMPREPLY=($(compgen -W "$each" -- "$word"))
    COMPREPLY=("${COMPREPLY[@]// /\\\\ }")
}
_ill_gateway_each() {
    printf '%s\\n' "$@"
}
# What may be typed after a command.
_ill_gateway_words() {
    case "$1" in
@WORDS@
        *) return 1 ;;
    esac
}
# What may be typed after an option: values, or nothing that is known here, such as a file's name. 1: it takes none.
_ill_gateway_values() {
    case "$1" in
@VALUES@
        @WITHOUT@) return 1 ;;
    esac
}
complete -o default -F _ill_gateway ill-gateway
"""


def add(commands: Any) -> None:
    """Add both to the parser's commands."""
    commands.add_parser("man").set_defaults(run=print_man)
    commands.add_parser("completion").set_defaults(run=print_completion)


def print_man(_options: argparse.Namespace) -> int:
    """Print the manual page (roff)."""
    print("\n".join(page()))
    return 0


def print_completion(_options: argparse.Namespace) -> int:
    """Print the completion, for the shell to read."""
    given, without = values_of()
    shell = _SHELL.replace("@WORDS@", _cases(words_of())).replace("@VALUES@", _cases(given))
    print(shell.replace("@WITHOUT@", "|".join(f'*" {option}"' for option in without)), end="")
    return 0


def _cases(known: Mapping[Path, Sequence[str]]) -> str:
    """Return branches that print words, one a line."""
    branches = (
        f'        "{"".join(f" {word}" for word in path)}") _ill_gateway_each {" ".join(map(_typed, words))} ;;'
        for path, words in known.items()
    )
    return "\n".join(branches)


def _typed(word: str) -> str:
    """Return a word as the script has it; compgen reads what that prints once more."""
    return shlex.quote(word.replace(" ", "\\ "))


# ── walking the parser ───────────────────────────────────────────────────────────────────────────


def parsers() -> Iterator[tuple[Path, argparse.ArgumentParser, str]]:
    """Yield each command and group with the words that lead to it, its parser, and what is said of it. The demonstration's own are left to their own --help."""
    from gateway.commands.table import COMMANDS, make_parser  # noqa: PLC0415 - it imports this module

    for command in COMMANDS:
        parser = below(make_parser([command.name]))[command.name][0]
        yield from _with_all_below((command.name,), parser, command.words)


def _with_all_below(
    path: Path, parser: argparse.ArgumentParser, words: str
) -> Iterator[tuple[Path, argparse.ArgumentParser, str]]:
    yield path, parser, words
    for name, (each, said) in below(parser).items():
        yield from _with_all_below((*path, name), each, said)


def below(parser: argparse.ArgumentParser) -> Mapping[str, tuple[argparse.ArgumentParser, str]]:
    """Return the commands of a group by their names, each with what is said of it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            said = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001
            return {name: (each, said.get(name, "")) for name, each in action.choices.items()}
    return {}


def words_of() -> dict[Path, tuple[str, ...]]:
    """Return what may be typed after each command: commands, options, choices."""
    found: dict[Path, tuple[str, ...]] = {(): ()}
    for path, parser, _ in parsers():
        options = [
            option for action in arguments(parser) for option in action.option_strings if option.startswith("--")
        ]
        choices = [
            str(choice)
            for action in arguments(parser)
            if not action.option_strings
            for choice in action.choices or ()
            if choice
        ]
        found[path] = tuple(sorted({*below(parser), *options, *choices}))
    found[()] = tuple(path[0] for path in found if len(path) == 1)
    return found


def values_of() -> tuple[dict[Path, tuple[str, ...]], tuple[str, ...]]:
    """Return the values of each command's options that have a list of them, and the options that take none, whatever the command."""
    given: dict[Path, tuple[str, ...]] = {}
    without: set[str] = set()
    for path, parser, _ in parsers():
        for action in arguments(parser):
            options = [option for option in action.option_strings if option.startswith("--")]
            without |= set(options) if action.nargs == 0 else set()
            if action.choices:
                given |= {(*path, option): tuple(map(str, action.choices)) for option in options}
    return given, tuple(sorted(without))


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return what may be typed after a command, but for the commands of a group."""
    groups = argparse._SubParsersAction  # noqa: SLF001
    return [action for action in parser._actions if not isinstance(action, groups)]  # noqa: SLF001


# ── the manual ───────────────────────────────────────────────────────────────────────────────────


def page() -> Iterator[str]:
    """Yield the lines of the manual page."""
    from gateway import __version__  # noqa: PLC0415
    from gateway.commands.table import EPILOG  # noqa: PLC0415

    yield f'.TH ILL-GATEWAY 1 "" "ill-gateway {__version__}"'
    yield ".SH NAME"
    yield r"ill\-gateway \- interlibrary loan between ISO 18626 partners and a circulation system"
    yield ".SH SYNOPSIS"
    yield r".B ill\-gateway"
    yield r"\fICOMMAND\fR [\fIoptions\fR]"
    yield ".SH DESCRIPTION"
    for paragraph in EPILOG.strip().split("\n\n"):
        yield ".PP"
        yield _plain(" ".join(paragraph.split("\n")))
    yield ".SH OPTIONS"
    yield ".TP"
    yield r"\fB\-\-version\fR"
    yield "which version this is"
    yield ".SH COMMANDS"
    for path, parser, words in parsers():
        yield from _command(path, parser, words)


def _command(path: Path, parser: argparse.ArgumentParser, words: str) -> Iterator[str]:
    yield f'.SS "{_plain(" ".join(path))}"'
    if words:
        yield _plain(words[0].upper() + words[1:] + ("" if words.endswith(".") else "."))
    for action in arguments(parser):
        if action.help is not argparse.SUPPRESS and action.dest != "help":
            yield ".TP"
            yield rf"\fB{_plain(named(action))}\fR"
            yield _plain(_told(parser, action))


def _told(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """Return what is said of an argument, with its choices where its name does not show them."""
    words = parser._get_formatter()._expand_help(action) if action.help else ""  # noqa: SLF001
    choices = f"One of: {', '.join(map(str, action.choices))}." if action.choices and action.metavar else ""
    return f"{words}. {choices}" if words and choices else words or choices


def named(action: argparse.Action) -> str:
    """Return how an argument is typed."""
    value = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper())
    named = value if isinstance(value, str) else " ".join(value)
    if not action.option_strings:
        return named
    options = ", ".join(action.option_strings)
    return options if action.nargs == 0 else f"{options} {named}"


def _plain(text: str) -> str:
    """Return text that roff takes as it stands, in ASCII."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")
    shown = "".join(letter if letter.isascii() else rf"\[u{ord(letter):04X}]" for letter in escaped)
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown
