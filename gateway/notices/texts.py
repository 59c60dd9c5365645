"""What all mails have: a subject and a body, made of a template with names like `$number` in it. Pure."""

from collections.abc import Collection, Mapping
from string import Template

import msgspec


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A subject and a body."""

    subject: str
    body: str


def unknown_names(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the names in a text that mean nothing. Raises ValueError for a `$` that begins no name."""
    template = Template(text)
    if not template.is_valid():
        raise ValueError("a $ must be followed by a name, or stand twice")
    return tuple(sorted(set(template.get_identifiers()) - set(known)))


def filled_in(usual: Text, name: str, facts: Mapping[str, str], own: Mapping[str, str]) -> Text:
    """Return a text with its facts; `own` has the library's words, `<name>_subject` and `<name>_body`, in place of the usual."""
    subject = Template(own.get(f"{name}_subject", usual.subject)).substitute(facts)
    body = Template(own.get(f"{name}_body", usual.body)).substitute(facts)
    return Text(subject=" ".join(subject.split()).strip(), body=body)
