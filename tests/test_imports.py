"""The pure packages are pure at run time too: a fresh interpreter that imports them holds no event loop, socket, database.

import-linter (pyproject.toml) reads what the sources say; this looks at what Python has loaded then, what libraries
import themselves included. The one stated exception is pysip2, which imports anyio, which imports socket: what pysip2 by
itself brings along is let through, and nothing else.
"""

import pkgutil
import subprocess
import sys
from functools import cache

import pytest

import gateway.desk.structs
import gateway.mapping
import gateway.money
import gateway.notices
import gateway.orders
import gateway.policy
import gateway.reports
import gateway.workflow

pytestmark = pytest.mark.process

HEAVY = ("aiohttp", "asyncio", "asyncpg", "selectors", "socket", "sqlite3", "ssl")
PURE_PACKAGES = (
    "gateway.iso18626",
    "gateway.sip2",
    "gateway.mapping",
    "gateway.policy",
    "gateway.orders",
    "gateway.money",
    "gateway.notices",
    "gateway.reports",
    "gateway.workflow",
)


@cache
def held(*modules: str) -> frozenset[str]:
    """All modules that a fresh interpreter holds after it has imported these."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return frozenset(done.stdout.split())


def loaded(*modules: str) -> frozenset[str]:
    """The heavy modules among them."""
    return held(*modules) & set(HEAVY)


def pysip2s_own() -> frozenset[str]:
    """What pysip2 loads when nothing of ours is there; the whole of the exception."""
    return loaded("pysip2", "pysip2.models")


@pytest.mark.parametrize("package", PURE_PACKAGES)
def test_a_package_alone_pulls_in_nothing_heavy(package: str):
    assert loaded(package) <= (pysip2s_own() if package == "gateway.sip2" else frozenset())


def modules_of(package: str) -> tuple[str, ...]:
    path = sys.modules[package].__path__
    return tuple(module.name for module in pkgutil.walk_packages(path, f"{package}."))


def test_the_whole_workflow_pulls_in_nothing_heavy():
    modules = modules_of("gateway.workflow")
    assert "gateway.workflow.machine" in modules
    assert loaded(*modules) == frozenset()


WIRES = frozenset({"lxml", "pysip2", "xmlschema"})
"""What reads the two protocols' bytes."""


def test_the_whole_workflow_loads_nothing_of_either_wire_and_of_the_rest_of_ours_the_code_lists_alone():
    modules = held(*modules_of("gateway.workflow"))
    assert WIRES & modules == frozenset()
    ours = {name for name in modules if name.startswith("gateway.") and not name.startswith("gateway.workflow")}
    assert ours == {"gateway.iso18626", "gateway.iso18626.codes"}


@pytest.mark.parametrize("package", ["gateway.iso18626", "gateway.sip2"])
def test_a_protocol_library_is_loaded_by_its_modules_alone(package: str):
    assert {name for name in held(package) if name.startswith("gateway")} == {"gateway", package}


def test_the_whole_mapping_pulls_in_nothing_but_what_pysip2_does():
    modules = modules_of("gateway.mapping")
    assert "gateway.mapping.circulation" in modules
    assert loaded(*modules) <= pysip2s_own()


def test_the_whole_policy_pulls_in_nothing_heavy():
    modules = modules_of("gateway.policy")
    assert "gateway.policy.judging" in modules
    assert loaded(*modules) == frozenset()


def test_all_of_orders_pulls_in_nothing_but_what_python_stdnum_does():
    modules = modules_of("gateway.orders")
    assert "gateway.orders.citation" in modules
    assert loaded(*modules) <= loaded("stdnum.isbn", "stdnum.luhn")


@pytest.mark.parametrize("package", ["iso18626", "sip2"])
def test_the_cores_of_the_protocol_libraries_pull_in_nothing_heavy(package: str):
    shells = {"client", "server", "tls", "connection", "inspection", "lines"}
    names = [module.name for module in pkgutil.iter_modules([f"{gateway.__path__[0]}/{package}"])]
    cores = tuple(f"gateway.{package}.{name}" for name in names if name not in shells)
    assert f"gateway.{package}.codec" in cores
    assert loaded(*cores) <= (pysip2s_own() if package == "sip2" else frozenset())


def test_the_structs_of_the_desk_pull_in_the_workflow_alone():
    modules = modules_of("gateway.desk.structs")
    assert "gateway.desk.structs.policy" in modules
    ours = {name for name in held(*modules) if name.startswith("gateway.")}
    rooms = {name.split(".")[1] for name in ours}
    own = {"desk", "money", "notices", "workflow", "iso18626", "standard_numbers"}
    assert rooms <= own, "iso18626 for its code lists, notices for a mail's life"
    assert {name for name in ours if name.startswith("gateway.desk.")} == {"gateway.desk.structs", *modules}
    assert loaded(*modules) == frozenset()


def test_the_check_itself_sees_what_is_heavy():
    assert {"aiohttp", "asyncio", "socket"} <= loaded("gateway.iso18626.server")
    assert {"lxml"} <= WIRES & held("gateway.iso18626.codec")


SERVING = ("gateway.app.gateway", "gateway.app.process")
"""What a process that serves imports."""


def test_a_gateway_loads_nothing_that_only_some_of_them_need():
    """PostgreSQL's driver, SMTP, what judges a provider's tokens, what prints, what explains a message that is no good, a library for MARC, what
    compares words with slips: together many megabytes.
    """
    of_some = {"asyncpg", "aiosmtplib", "joserfc", "cryptography", "typst", "segno", "barcode", "xmlschema", "pymarc"}
    seldom = of_some | {"rapidfuzz", "xml.sax", "xlsxwriter"}
    assert held(*SERVING) & seldom == frozenset()


def test_nothing_that_serves_loads_yaz_or_the_process_that_reads_by_it():
    modules = held(*SERVING)
    assert "gateway.z3950.readers" in modules
    assert modules & {"gateway.z3950.zoom", "gateway.z3950.reader", "gateway.z3950.characters"} == frozenset()
