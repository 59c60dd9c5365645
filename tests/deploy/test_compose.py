"""The compose file: of its own schema, every file and setting that it names is there, and the proxy and Prometheus take what it gives them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.shipped import DEPLOY, documents, longest_stop_s, settings_with

FOLDER = DEPLOY / "compose"
GUIDE = (DEPLOY.parent / "docs/operating.md").read_text()
COMPOSE: dict[str, Any] = documents((FOLDER / "compose.yaml").read_text())[0]
SERVICES: dict[str, Any] = COMPOSE["services"]
GATEWAYS = ("gateway-1", "gateway-2")
NAMES = {"PARTNERS_NAME": "ill.example.org", "DESK_NAME": "ill-desk.example.org"}
MADE_BY_HAND = {"./ill-gateway.toml", "./alertmanager.yml", "./backups"}
"""The comment on top says how; the first two have an example."""


@pytest.mark.process
def test_it_is_of_the_specifications_schema():
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FOLDER / "compose.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_every_file_that_is_mounted_is_there(service: str):
    mounted = [volume.split(":")[0] for volume in SERVICES[service].get("volumes", ())]
    files = {name for name in mounted if name.startswith(".")} - MADE_BY_HAND
    assert {name for name in files if not (FOLDER / name).is_file()} == set()
    assert {name for name in mounted if not name.startswith(".")} <= COMPOSE["volumes"].keys()


def test_what_is_made_by_hand_is_told_on_top():
    told = (FOLDER / "compose.yaml").read_text().partition("\nname:")[0]
    assert [name for name in MADE_BY_HAND if name.removeprefix("./") not in told] == []


def test_an_upgrade_replaces_every_service_of_the_image():
    """One that is left out goes on with the program of before."""
    told = (FOLDER / "compose.yaml").read_text().partition("\nname:")[0]
    replaced = re.findall(r"up --detach --no-deps (?:--wait )?(\S+)", told)
    image = SERVICES[GATEWAYS[0]]["image"]
    assert set(replaced) == {name for name, service in SERVICES.items() if service["image"] == image}


def test_the_way_back_that_is_told_names_services_and_folders_that_are_there():
    told = [line.split() for line in GUIDE.splitlines() if line.startswith("    docker compose ")]
    (made,) = [words for words in told if words[2] == "exec"]
    services = {word for words in told if words[2] == "stop" for word in words[3:]} | {made[3]}
    assert services == {*GATEWAYS, "backup", "postgres"} <= SERVICES.keys()
    database = SERVICES["postgres"]["environment"]
    assert f"--username={database['POSTGRES_USER']}" in made
    url = environment_of("backup")["ILL_GATEWAY_STORE__URL"].removesuffix(database["POSTGRES_DB"])
    assert f"ILL_GATEWAY_STORE__URL: {url}{made[-1]}\n" in GUIDE
    runs = [words for words in told if words[2] == "run"]
    assert [words[8] for words in runs] == ["restore", "restored"]
    assert {" ".join(words[3:8]) for words in runs} == {"--rm --no-deps --entrypoint ill-gateway backup"}
    mounted = {volume.split(":")[1] for volume in SERVICES["backup"]["volumes"]}
    assert str(Path(runs[0][9]).parent) in mounted


def test_each_gateway_keeps_its_mark_where_it_stays():
    """In a volume of its own: in the container alone it would go with it, and a database that was brought back would not be noticed."""
    kept = set()
    for name in GATEWAYS:
        folder = Path(environment_of(name)["ILL_GATEWAY_STORE__MARK"]).parent
        kept |= {volume for volume in SERVICES[name]["volumes"] if volume.endswith(f":{folder}")}
    assert {volume.split(":")[0] for volume in kept} == set(GATEWAYS) <= COMPOSE["volumes"].keys()


def test_every_secret_is_named_once_and_used():
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == COMPOSE["secrets"].keys()


def test_every_image_has_a_tag_or_is_built_here():
    loose = {name for name, service in SERVICES.items() if ":" not in service["image"] and "build" not in service}
    assert loose == set()
    build = SERVICES[GATEWAYS[0]]["build"]["context"]
    assert (FOLDER / build / "Dockerfile").is_file()


@pytest.mark.parametrize("name", GATEWAYS)
def test_the_settings_of_each_gateway_can_be_read(name: str, tmp_path: Path):
    """The example beside them; what the environment sets wins."""
    text = (DEPLOY / "ill-gateway.example.toml").read_text()
    settings = settings_with(tmp_path, text, environment_of(name) | {"VALLEY_SECRET": "hush"})
    assert settings.store.instance == name
    assert (
        settings.store_url()
        .get_secret_value()
        .startswith("postgresql://ill:admin.a-visibly-fictional-secret@postgres/")
    )
    assert settings.desk.public_url == "https://ill-desk.example.org"
    assert settings.http.trusted_proxies == settings.desk.trusted_proxies
    grace_s = int(SERVICES[name]["stop_grace_period"].removesuffix("s"))
    assert longest_stop_s(settings.operations) < grace_s


def environment_of(service: str) -> dict[str, str]:
    """A service's environment, with what .env says put in place."""
    given = {name: str(value) for name, value in SERVICES[service]["environment"].items()}
    return {name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: NAMES[found[1]], value) for name, value in given.items()}


def test_env_names_all_that_is_asked_for():
    asked = set(re.findall(r"\$\{(\w+):\?", (FOLDER / "compose.yaml").read_text()))
    given = set(re.findall(r"^(\w+)=", (FOLDER / "env.example").read_text(), re.MULTILINE))
    assert asked == given == NAMES.keys()


def test_the_proxies_network_is_the_one_that_is_trusted():
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert environment_of(GATEWAYS[0])["ILL_GATEWAY_HTTP__TRUSTED_PROXIES"] == f'["{network["subnet"]}"]'


# ── the programs that it starts ──────────────────────────────────────────────────────────────────


def program(name: str) -> str:
    """A program; without it a test is skipped, in CI it fails."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing; .ci/run installs it")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.process
def test_the_proxy_takes_its_file_with_what_the_environment_gives(tmp_path: Path):
    given = environment_of("proxy")
    text = (DEPLOY / "Caddyfile").read_text()
    needed = set(re.findall(r"\{\$(\w+)\}", text))
    assert needed == given.keys()
    command = [program("caddy"), "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    home = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(command, env=os.environ | given | home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ── back-ups ─────────────────────────────────────────────────────────────────────────────────────


def test_back_ups_are_made_by_the_gateways_program_with_its_settings():
    backup, gateway = SERVICES["backup"], SERVICES[GATEWAYS[0]]
    assert all(backup[name] == gateway[name] for name in ("image", "secrets", "environment"))
    assert gateway["volumes"][0] in backup["volumes"]
    mounted = {volume.split(":")[1]: volume.split(":")[0] for volume in backup["volumes"]}
    assert (FOLDER / mounted[backup["entrypoint"][1]]).is_file()
    assert "/var/backups/ill-gateway" in mounted
    assert "/var/backups/ill-gateway" in (FOLDER / "every-night").read_text()


def nights(folder: Path, *, fails: int, told: str = "") -> tuple[list[int], list[str]]:
    """Run the script until its third pause, with a back-up that is killed half-way so often: how long it paused, in seconds, and what lies in the
    folder then.
    """
    backups, programs = folder / "backups", folder / "bin"
    (backups / "2000-old").mkdir(parents=True)
    programs.mkdir(exist_ok=True)
    scripts = {
        "ill-gateway": f'[ "$1" = backup ] && echo x >> {folder}/tried && mkdir "$2" && [ $(wc -l < {folder}/tried) -gt {fails} ] || '
        '{ echo half > "$2/gateway.dump"; exit 137; }',
        "sleep": f'echo "$1" >> {folder}/paused; [ $(wc -l < {folder}/paused) -lt 3 ]',
        "date": 'case "$1" in +%s) echo 0;; --date) exec /bin/date --utc --date "1970-01-01 $(echo "$2" | cut -d" " -f2)" "$3";; '
        f"*) echo 2001-night-$(wc -l < {folder}/tried);; esac",
    }
    (folder / "tried").touch()
    for name, text in scripts.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "BACKUPS": str(backups)}
    done = subprocess.run(
        ["/bin/sh", str(FOLDER / "every-night")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == told
    paused = list(map(int, (folder / "paused").read_text().split()))
    return paused, sorted(path.name for path in backups.iterdir())


HALF_PAST_TWO_S = 9000
"""From the beginning of 1970, at which the clock of the test stands."""


@pytest.mark.process
def test_one_is_made_every_night(tmp_path: Path):
    made = ["2000-old", "2001-night-0", "2001-night-1", "2001-night-2"]
    assert nights(tmp_path, fails=0) == ([HALF_PAST_TWO_S] * 3, made)


@pytest.mark.process
def test_one_that_fails_is_tried_again_after_an_hour_leaves_nothing_and_takes_no_old_one_away(tmp_path: Path):
    assert nights(tmp_path, fails=3) == ([3600, 3600, 3600], ["2000-old"])


@pytest.mark.process
def test_an_old_one_that_cannot_be_deleted_is_told_and_no_more(tmp_path: Path):
    """The script ended there, and the container began again with a new one, again and again."""
    for day in range(1, 32):
        (tmp_path / "backups" / f"2000-01-{day:02}").mkdir(parents=True)
        os.utime(tmp_path / "backups" / f"2000-01-{day:02}", (0, 0))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "rm").symlink_to("/bin/false")
    paused, left = nights(tmp_path, fails=0, told="The new back-up is made, but an old one could not be deleted.\n" * 3)
    assert paused == [HALF_PAST_TWO_S] * 3
    assert len(left) == 31 + 4


@pytest.mark.process
def test_the_alertmanager_takes_its_example_and_hears_of_alerts():
    example = FOLDER / "alertmanager.example.yml"
    done = subprocess.run(
        [program("amtool"), "check-config", str(example)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (hears,) = documents((FOLDER / "prometheus.yml").read_text())[0]["alerting"]["alertmanagers"]
    assert hears["static_configs"] == [{"targets": ["alertmanager:9093"]}]
    secret = documents(example.read_text())[0]["global"]["smtp_auth_password_file"]
    assert Path(secret).name in SERVICES["alertmanager"]["secrets"]


@pytest.mark.process
def test_prometheus_takes_its_file_and_scrapes_each_gateway(tmp_path: Path):
    for source in (FOLDER / "prometheus.yml", DEPLOY / "alerts.yml"):
        shutil.copy(source, tmp_path)
    command = [program("promtool"), "check", "config", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    scraped = documents((FOLDER / "prometheus.yml").read_text())[0]["scrape_configs"][0]["static_configs"][0]["targets"]
    assert scraped == [f"{name}:9626" for name in GATEWAYS]


def test_grafana_asks_the_prometheus_that_is_started():
    source = documents((DEPLOY / "grafana/datasource.yml").read_text())[0]["datasources"][0]
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in SERVICES
    (provider,) = documents((DEPLOY / "grafana/provisioning.yml").read_text())[0]["providers"]
    mounted = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]
    assert f"{provider['options']['path']}/ill-gateway.json" in mounted
