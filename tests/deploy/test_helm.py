"""The Helm chart: helm's own lint, and what it makes of it: names, ports and settings that are the gateway's."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.config.sections import OperationsSection
from tests.deploy.shipped import DEPLOY, documents, longest_stop_s, settings_with

pytestmark = pytest.mark.process

CHART = DEPLOY / "helm" / "ill-gateway"


@pytest.fixture(scope="module")
def helm() -> str:
    """Not in Debian, and built from source it takes minutes: whoever changes the chart has it (CONTRIBUTING.md)."""
    found = shutil.which("helm")
    if found is None:
        pytest.skip("helm is not installed")
    return found


def template(helm: str, *options: str, release: str = "valley") -> subprocess.CompletedProcess[str]:
    """What the chart makes for a release. A helm that is built from source takes itself for a very old cluster's."""
    return run(helm, "template", release, str(CHART), "--namespace", "ill", "--kube-version", "1.31.0", *options)


def run(helm: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([helm, *arguments], capture_output=True, text=True, check=False)


def made(helm: str, *options: str, release: str = "valley") -> dict[str, list[Any]]:
    """What the chart comes to, by kind."""
    done = template(helm, *options, release=release)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[Any]] = {}
    for document in documents(done.stdout):
        found.setdefault(document["kind"], []).append(document)
    return found


def test_helm_finds_no_fault(helm: str):
    done = run(helm, "lint", "--strict", str(CHART))
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_settings_can_be_read(helm: str, tmp_path: Path):
    found = made(helm)
    container = found["StatefulSet"][0]["spec"]["template"]["spec"]["containers"][0]
    environment = {each["name"]: each.get("value", "valley-0") for each in container["env"]}
    text = found["ConfigMap"][0]["data"]["ill-gateway.toml"]
    settings = settings_with(tmp_path, text, environment)
    assert settings.store.instance == "valley-0"
    assert settings.desk.public_url == "https://ill-desk.example.org"
    grace_s = found["StatefulSet"][0]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert longest_stop_s(settings.operations) < grace_s


def test_probes_ask_the_listener_for_operations_and_services_lead_to_ports_that_are_there(helm: str):
    found = made(helm)
    container = found["StatefulSet"][0]["spec"]["template"]["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports["operations"] == OperationsSection().port
    probes = {container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probes == {"/healthz", "/readyz"}
    assert {port["targetPort"] for service in found["Service"] for port in service["spec"]["ports"]} == ports.keys()


def test_partners_reach_messages_and_copies_alone(helm: str):
    partners, desk = sorted(made(helm)["Ingress"], key=lambda each: each["metadata"]["name"], reverse=True)
    paths = [path["path"] for path in partners["spec"]["rules"][0]["http"]["paths"]]
    assert paths == ["/iso18626", "/copies/"]
    assert desk["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "valley-desk"


@pytest.mark.parametrize(
    "given",
    [
        "store.url=sqlite:///x",
        "store.url=postgresql://ill:hush@db/ill",
        "replicas=0",
        "existingSecret=",
        "backup.schedule=nightly",
    ],
)
def test_values_that_can_not_be_are_refused(helm: str, given: str):
    refused = template(helm, "--set", given)
    assert refused.returncode != 0
    assert "schema" in refused.stderr


@pytest.mark.parametrize(
    "given",
    ["replica=5", "store.uri=x", "ingress.enable=false", "ingress.desk.hosts=x", "image.version=2", "backup.keep=3"],
)
def test_values_that_nothing_reads_are_refused(helm: str, given: str):
    """Or a word that is spelled wrongly would leave the usual in place, and nobody would hear of it."""
    refused = template(helm, "--set", given)
    assert refused.returncode != 0
    assert given.partition("=")[0].split(".")[-1] in refused.stderr


def test_each_gateway_keeps_its_mark_in_a_volume_of_its_own(helm: str, tmp_path: Path):
    found = made(helm)
    gateways = found["StatefulSet"][0]["spec"]
    (container,) = gateways["template"]["spec"]["containers"]
    environment = {each["name"]: each.get("value", "valley-0") for each in container["env"]}
    settings = settings_with(tmp_path, found["ConfigMap"][0]["data"]["ill-gateway.toml"], environment)
    (mount,) = [
        each for each in container["volumeMounts"] if each["mountPath"] == str(Path(settings.store.mark or "").parent)
    ]
    assert [claim["metadata"]["name"] for claim in gateways["volumeClaimTemplates"]] == [mount["name"]]


def test_back_ups_are_made_with_the_gateways_settings_where_no_service_leads(helm: str, tmp_path: Path):
    found = made(helm)
    job = found["CronJob"][0]["spec"]["jobTemplate"]["spec"]["template"]
    (container,) = job["spec"]["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    settings = settings_with(tmp_path, found["ConfigMap"][0]["data"]["ill-gateway.toml"], environment)
    assert settings.store.url == "postgresql://ill@postgres/ill"
    assert container["image"] == found["StatefulSet"][0]["spec"]["template"]["spec"]["containers"][0]["image"]
    for service in found["Service"]:
        assert not service["spec"]["selector"].items() <= job["metadata"]["labels"].items()
    volumes = {volume["name"] for volume in job["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    (claim,) = found["PersistentVolumeClaim"]
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_no_name_is_longer_than_kubernetes_takes(helm: str):
    """With the longest name that helm gives a release; 52 for a CronJob, 63 for what else is a label or a host's name."""
    found = made(helm, "--set", "serviceMonitor.enabled=true,prometheusRule.enabled=true", release="v" * 53)
    names = [(kind, each["metadata"]["name"]) for kind, several in found.items() for each in several]
    assert "CronJob" in found
    assert [name for kind, name in names if len(name) > (52 if kind == "CronJob" else 63)] == []
    assert len({*names}) == len(names)
    (claim,) = found["PersistentVolumeClaim"]
    volumes = found["CronJob"][0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    assert {"persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}, "name": "backups"} in volumes


def test_the_way_back_that_is_told_names_what_the_chart_makes(helm: str):
    told = (DEPLOY.parent / "docs/operating.md").read_text().replace("NAME", "valley")
    found = made(helm)
    for kind, name in set(re.findall(r"kubectl .*?\b(statefulset|cronjob)[ /]([\w-]+)", told)):
        (each,) = [each for each in documents(template(helm).stdout) if each["kind"].lower() == kind]
        assert each["metadata"]["name"] == name
    selector = found["StatefulSet"][0]["spec"]["selector"]["matchLabels"]
    assert "--selector=" + ",".join(f"{name}={value}" for name, value in selector.items()) in told
    job = found["CronJob"][0]["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    assert "ILL_GATEWAY_STORE__URL" in {each["name"] for each in container["env"]}
    assert {"command", "args", "backoffLimit"} <= container.keys() | job.keys()
    (copy,) = re.findall(r"args: \[restore, (\S+)\]", told)
    assert str(Path(copy).parent) in {each["mountPath"] for each in container["volumeMounts"]}


def test_whoever_changes_a_mark_is_told_what_kubernetes_asks_for():
    told = "kubectl delete statefulset NAME --cascade=orphan"
    assert told in (CHART / "values.yaml").read_text()
    assert told in (DEPLOY.parent / "docs/operating.md").read_text()


@pytest.mark.parametrize(
    ("fails", "stuck", "left"),
    [
        (False, False, ["2099-01-31", "lost+found"]),
        (True, False, ["2026-01-31", "lost+found"]),
        (False, True, ["2026-01-31", "2099-01-31", "lost+found"]),
    ],
)
def test_old_back_ups_go_once_a_new_one_is_made_and_only_then(
    helm: str, tmp_path: Path, *, fails: bool, stuck: bool, left: list[str]
):
    """What the job runs, in a folder of the test, with a program that makes a folder; one that is killed half-way leaves nothing.

    Where an old one can't be deleted the new one is good all the same, and not made again.
    """
    (job,) = made(helm, "--set", "backup.keepDays=1")["CronJob"]
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    backups, programs = tmp_path / "backups", tmp_path / "bin"
    for old in ("2026-01-31", "lost+found"):
        (backups / old).mkdir(parents=True)
        os.utime(backups / old, (0, 0))
    programs.mkdir()
    backup = 'mkdir "$2"' + (' && echo half > "$2/gateway.dump" && exit 137' if fails else "")
    rm = 'case "$*" in *2026*) exit 1;; esac; exec /bin/rm "$@"' if stuck else 'exec /bin/rm "$@"'
    for name, text in {"ill-gateway": backup, "date": "echo 2099-01-31", "rm": rm}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    script = container["args"][0].replace("/var/backups/ill-gateway", str(backups))
    environment = {"PATH": f"{programs}:/usr/bin:/bin"}
    done = subprocess.run([*container["command"], script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails
    assert ("could not be deleted" in done.stderr) == stuck
    assert sorted(path.name for path in backups.iterdir()) == left


def test_back_ups_and_marks_can_be_left_out(helm: str):
    found = made(helm, "--set", "backup.enabled=false,mark.enabled=false")
    assert not {"CronJob", "PersistentVolumeClaim"} & found.keys()
    gateways = found["StatefulSet"][0]["spec"]
    assert "volumeClaimTemplates" not in gateways
    assert "ILL_GATEWAY_STORE__MARK" not in {
        each["name"] for each in gateways["template"]["spec"]["containers"][0]["env"]
    }
    assert "PersistentVolumeClaim" not in made(helm, "--set", "backup.existingClaim=backups")


def test_what_can_be_left_out(helm: str):
    found = made(helm, "--set", "ingress.enabled=false,replicas=1,serviceMonitor.enabled=true")
    assert "Ingress" not in found
    assert "PodDisruptionBudget" not in found
    assert len(found["ServiceMonitor"]) == 1


def test_the_operator_gets_the_rules_that_are_shipped_for_the_job_that_they_name(helm: str):
    """Whatever the release is called: the rule for a gateway that is down asks for a job, and so does the dashboard."""
    found = made(
        helm, "--set", "serviceMonitor.enabled=true,prometheusRule.enabled=true,prometheusRule.labels.release=stack"
    )
    (rules,) = found["PrometheusRule"]
    assert rules["spec"] == documents((DEPLOY / "alerts.yml").read_text())[0]
    assert rules["metadata"]["labels"]["release"] == "stack"
    label = found["ServiceMonitor"][0]["spec"]["jobLabel"]
    (scraped,) = [each for each in found["Service"] if "operations" in {port["name"] for port in each["spec"]["ports"]}]
    jobs = set(re.findall(r'job="([^"]+)"', (DEPLOY / "alerts.yml").read_text()))
    assert jobs == {scraped["metadata"]["labels"][label]}
