"""What importing the library brings along: neither asyncio nor anything else of the gateway's."""

import subprocess
import sys

import pytest

PURE = (
    "breaker",
    "codec",
    "dates",
    "errors",
    "frames",
    "layout",
    "profiles",
    "redaction",
    "requests",
    "session",
    "telnet",
)


@pytest.mark.process
@pytest.mark.parametrize(
    "modules", [("gateway.sip2",), tuple(f"gateway.sip2.{name}" for name in PURE)], ids=["top", "pure"]
)
def test_the_pure_part_imports_no_asyncio_and_no_other_room(modules: tuple[str, ...]) -> None:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"asyncio", "aiohttp", "tenacity"}  # pysip2 brings anyio and with it ssl
    assert {name for name in loaded if name.startswith("gateway.")} == {
        name for name in loaded if name.startswith("gateway.sip2")
    }
