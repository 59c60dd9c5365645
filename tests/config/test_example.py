"""The annotated example: it works as it is, it works with everything in it switched on, and it leaves out no key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.config import Settings, load
from gateway.config.keys import children, element
from gateway.config.sections import ADMIN_TOKEN
from gateway.desk.access import SECRET_MIN

EXAMPLE = Path(__file__).parents[2] / "deploy" / "ill-gateway.example.toml"
ENV = {
    "ACS_PASSWORD": "hush",
    "VALLEY_SECRET": "hush",
    "STORE_PASSWORD": "hush",
    "CATALOGUE_PASSWORD": "hush",
    "MAIL_PASSWORD": "hush",
    "DIRECTORY_TOKEN": "hush",
    "DIRECTORY_PASSWORD": "hush",
    "OIDC_CLIENT_SECRET": "hush",
    "ILL_GATEWAY_ADMIN_TOKEN": "admin.a-visibly-fictional-secret",
}
_OPTIONAL = re.compile(r"^#(?=[\w\[\"])", re.MULTILINE)


@pytest.fixture
def with_everything(tmp_path: Path) -> Path:
    """The example with each optional line switched on, and its files in place."""
    text = _OPTIONAL.sub("", EXAMPLE.read_text(encoding="utf-8"))
    text = text.replace("/etc/ill-gateway", str(tmp_path)).replace(
        "sqlite:///var/gateway.sqlite", "postgresql://db/ill"
    )
    for folder in ("papers", "fonts"):
        (tmp_path / folder).mkdir()
    for name in re.findall(rf"{re.escape(str(tmp_path))}/[\w./-]+", text):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        if not Path(name).is_dir():
            Path(name).write_text("hush\n")
    # Two ways of proving who we are exclude each other; the example shows both.
    text = text.replace('bearer = "secret:valley-outbound"\n', "", 1)
    path = tmp_path / "everything.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_loads_as_it_is():
    settings = load(EXAMPLE, ENV)
    assert [peer.id for peer in settings.peer_seeds()] == ["valley", "hills"]


def test_the_example_loads_with_everything_switched_on(with_everything: Path):
    settings = load(with_everything, ENV)
    assert settings.http.tls is not None
    assert settings.acs.tls is not None
    assert settings.acs_profile().date_order == "day_first"


def test_the_shortest_secret_of_a_token_is_one_number_everywhere():
    """What the example says, what the settings take, and what the API takes."""
    assert f"At least {SECRET_MIN} characters after the full stop" in EXAMPLE.read_text(encoding="utf-8")
    assert ADMIN_TOKEN.fullmatch("admin." + "x" * SECRET_MIN)
    assert not ADMIN_TOKEN.fullmatch("admin." + "x" * (SECRET_MIN - 1))


def test_no_key_is_left_out():
    data = tomllib.loads(_OPTIONAL.sub("", EXAMPLE.read_text(encoding="utf-8")))
    assert set(all_keys(Settings)) - set(given(Settings, data)) == set()


def all_keys(root: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every key that the models know, dotted; what lies in lists or under names has `*` for the number or name."""
    keys = children(root)
    inner = element(root)
    if keys is not None:
        for name, kind in keys.items():
            yield from all_keys(kind, (*path, name))
    elif children(inner) is not None:
        yield from all_keys(inner, (*path, "*"))
    else:
        yield ".".join(path)


def given(kind: Any, data: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The keys that a document gives, in the words of `all_keys`."""
    keys, inner = children(kind), element(kind)
    if keys is not None:
        for name, value in data.items():
            yield from given(keys[name], value, (*path, name))
    elif children(inner) is not None:
        for value in data.values() if isinstance(data, dict) else data:
            yield from given(inner, value, (*path, "*"))
    else:
        yield ".".join(path)


def test_each_default_that_is_shown_is_the_default(with_everything: Path):
    """An optional line shows the model's own default, unless it has none."""
    given = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert list(other_than_usual(load(with_everything, ENV), given)) == []


def other_than_usual(shown: BaseModel, given: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The keys that are not given as they stand, and have a default other than is shown."""
    for name, field in type(shown).model_fields.items():
        value = getattr(shown, name)
        if isinstance(value, BaseModel):
            yield from other_than_usual(value, given.get(name, {}), f"{path}{name}.")
        elif name not in given and not field.is_required():
            usual = field.get_default(call_default_factory=True)
            if usual and value != usual:
                yield f"{path}{name}"
