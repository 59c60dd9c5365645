"""The Helm chart: helm's own lint, and what it makes of it: names, ports and settings that are the gateway's."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.config.sections import Operations
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


def template(helm: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What the chart makes for a release. A helm that is built from source takes itself for a very old cluster's."""
    return run(helm, "template", "valley", str(CHART), "--namespace", "ill", "--kube-version", "1.31.0", *options)


def run(helm: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([helm, *arguments], capture_output=True, text=True, check=False)


def made(helm: str, *options: str) -> dict[str, list[Any]]:
    """What the chart comes to, by kind."""
    done = template(helm, *options)
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
    assert ports["operations"] == Operations().port
    probes = {container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probes == {"/healthz", "/readyz"}
    assert {port["targetPort"] for service in found["Service"] for port in service["spec"]["ports"]} == ports.keys()


def test_partners_reach_messages_and_copies_alone(helm: str):
    partners, desk = sorted(made(helm)["Ingress"], key=lambda each: each["metadata"]["name"], reverse=True)
    paths = [path["path"] for path in partners["spec"]["rules"][0]["http"]["paths"]]
    assert paths == ["/iso18626", "/copies/"]
    assert desk["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "valley-desk"


@pytest.mark.parametrize(
    "given", ["store.url=sqlite:///x", "store.url=postgresql://ill:hush@db/ill", "replicas=0", "existingSecret="]
)
def test_values_that_can_not_be_are_refused(helm: str, given: str):
    refused = template(helm, "--set", given)
    assert refused.returncode != 0
    assert "schema" in refused.stderr


def test_what_can_be_left_out(helm: str):
    found = made(helm, "--set", "ingress.enabled=false,replicas=1,serviceMonitor.enabled=true")
    assert "Ingress" not in found
    assert "PodDisruptionBudget" not in found
    assert len(found["ServiceMonitor"]) == 1
