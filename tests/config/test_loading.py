"""Loading: a whole Settings or every mistake at once, and nothing that was typed as a secret in any of it."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config import ConfigError, Settings, load

WRONG_EVERYWHERE = """
[library]
name = ""
symbols = ["XX-EXAMPLE"]
time_zone = "Europe/Utopia"
[http]
prot = 8626
[acs]
host = "acs.example.org"
port = 70000
password = "hush-hush"
[acs.overrides]
keepalive = 20
[store]
url = "mysql://db/ill"
[clocks]
hold_days = "three"
[[peers]]
id = "valley"
[[peers]]
id = "hills"
inbound = { bearer = "env:NOT_SET" }
[[partners]]
id = "valley"
name = "Example Valley Library"
peer = "vally"
symbols = ["ISIL:XX-VALLEY"]
[lending]
auto_answer = "always"
[telemetry]
"""
PEER = "[[peers]]\nid = 'valley'\n"


def test_every_mistake_is_reported_at_once_in_words_with_its_key(problems: Callable[..., tuple[str, ...]]):
    assert problems(WRONG_EVERYWHERE, {"ILL_GATEWAY_API__PORT": "-1"}, minimum=False) == (
        "acs.overrides.keepalive: is no known key; did you mean keepalive_s?",
        'acs.password: a secret is named here, not written: "env:NAME", "file:/path", "credential:name" or "secret:name"',
        "acs.port: 70000 is above 65535",
        'api.port (from ILL_GATEWAY_API__PORT): "-1" is below 0',
        "clocks.hold_days: must be a whole number",
        "http.prot: is no known key; did you mean port?",
        'lending.auto_answer: "always" is none of \'off\', \'observe\', \'unfilled\', \'supply\' or \'both\'',
        "library.name: must not be empty",
        'library.symbols[0]: "XX-EXAMPLE" is no agency; give type and value, like "ISIL:XX-EXAMPLE"',
        'library.time_zone: "Europe/Utopia" is no time zone; give one like "Europe/Berlin" or "America/Chicago"',
        'partners[valley].peer: there is no peer "vally"',
        "peers[valley].inbound: is missing",
        "peers[hills].inbound.bearer: the environment variable NOT_SET is not set",
        "store.url: must begin with sqlite:// or postgresql://",
        f"telemetry: is no known key; known are {', '.join(Settings.model_fields)}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (
            "[branches.main]\nname = 'Main'\ntime_zone = 'Utopia'\nopen_from = '18:00'\nopen_until = '09:00'",
            ("branches.main: open_until: must be", "branches.main.time_zone: "),
        ),
        (
            PEER + "inbound = { networks = ['here'], basic_user = 'x' }\n",
            ("peers[valley].inbound: basic_user and basic_password go", "peers[valley].inbound.networks[0]: "),
        ),
        (
            PEER + "inbound = { networks = ['192.0.2.1'] }\noutbound = { ca = '/none', basic_user = 'x' }\n",
            ("peers[valley].outbound: basic_user and basic_password go", "peers[valley].outbound.ca: "),
        ),
        (
            "[policy.status.04]\navailability = 'retry'\nreason = 'Bogus'\nextra_days = -1\n",
            ('policy.status.04: "retry" needs a reason', "policy.status.04.extra_days: "),
        ),
        (
            "[api]\nport = -1\nadmin_token = 'secret:a'\n[secrets]\na = 'short'\n",
            ("api: admin_token is not", "api.port: "),
        ),
        (
            "[catalogue]\nkind = 'sru'\nuser = 'x'\npage_records = 0\n",
            ("catalogue: kind", "catalogue: user and password go", "catalogue.page_records: "),
        ),
        (
            "[catalogue.holdings]\nformat = 'opac'\nbranch = 'b'\nbarcode = '!'\n",
            ("catalogue.holdings: an OPAC record has no", "catalogue.holdings.barcode: "),
        ),
        (
            "[borrowing]\npickup_branches = ['east']\ndefault_pickup = 'west'\ntries = 0\nranges = { north = 'pool' }\n",
            ("borrowing: default_pickup: west", "borrowing: ranges: north", "borrowing.tries: "),
        ),
        (
            "[clocks]\nreturn_days = 0\nhold_amber_days = 5\nhold_days = 3\noverdue_first_days = 30\n",
            (
                "clocks: hold_amber_days must not be above hold_days",
                "clocks: overdue_first_days must not be above overdue_second_days",
                "clocks.return_days: ",
            ),
        ),
    ],
)
def test_a_mistake_in_a_key_hides_none_that_shows_between_keys_of_its_table(
    problems: Callable[..., tuple[str, ...]], toml: str, expected: tuple[str, ...]
):
    told = problems(toml)
    assert len(told) == len(expected)
    assert all(problem.startswith(words) for problem, words in zip(told, expected, strict=True))


def test_what_a_mistake_leaves_open_is_not_told(problems: Callable[..., tuple[str, ...]]):
    (problem,) = problems(PEER + "inbound = { basic_user = 'x', basic_password = 'written out' }\n")
    assert problem.startswith("peers[valley].inbound.basic_password: ")


def test_the_error_lists_its_problems_under_the_files_name(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text("[library]\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert str(caught.value).splitlines()[:2] == [f"4 mistakes in {path}:", "  acs: is missing"]


def test_the_mark_that_editors_on_windows_put_before_a_text_is_passed_over(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf[library]\r\n")
    with pytest.raises(ConfigError, match="4 mistakes"):
        load(path, {})


def test_the_least_that_must_be_said_is_enough(loaded: Callable[..., Settings]):
    least = loaded()
    assert (least.http.port, least.operations.port, least.acs.pool_size) == (8626, 9626, 2)
    assert least.store_url().get_secret_value() == "sqlite:///var/gateway.sqlite"
    assert least.lending.auto_answer == "off"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[library\n", "is not TOML: "),
        (b"[library]\nname = 'x'\nname = 'y'\n", "is not TOML: "),
        (b"\xff\xfe", "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_toml_is_told_in_words(tmp_path: Path, content: bytes, problem: str):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.problems[0].startswith(problem)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path):
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        load(tmp_path / "none.toml", {})


def test_no_secret_is_in_settings_errors_or_tracebacks(loaded: Callable[..., Settings]):
    secrets = '[secrets]\nacs = "hush-hush"\n'
    good = loaded(secrets, {"ILL_GATEWAY_ACS__PASSWORD": "secret:acs"})
    assert good.acs_credentials().password == "hush-hush"
    assert "hush" not in repr(good) + str(good.model_dump()) + good.model_dump_json()
    for env in ({"ILL_GATEWAY_ACS__PASSWORD": "hush-hush"}, {"ILL_GATEWAY_ACS__PORT": "wrong"}):
        with pytest.raises(ConfigError) as caught:
            loaded(secrets, env)
        assert "hush" not in "".join(traceback.format_exception(caught.value))


TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.just("valley"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "peer", "symbols", "agencies", "inbound", "overrides", "lines", "port", "tls", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)
SECTIONS = sorted(Settings.model_fields)


@given(st.dictionaries(st.sampled_from(SECTIONS), TREES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_tables_whatever_they_hold_end_in_anything_but_a_config_error(
    monkeypatch: pytest.MonkeyPatch, tree: dict[str, Any]
):
    with monkeypatch.context() as patch:
        patch.setattr("gateway.config.loading._read", lambda _path: tree)
        with pytest.raises(ConfigError) as caught:
            load(Path("tree"), {})
    assert all(caught.value.problems)
