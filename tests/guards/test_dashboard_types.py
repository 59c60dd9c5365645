"""The dashboard is what Grafana's own types say of one: each part of it, and each panel's options, by the compiler that Grafana is built with.

npm's `@grafana/schema` holds types and no JSON schema, so the dashboard is written down as a value of theirs. Enums are written as their values.
"""

import json
import subprocess
from typing import Any, Final

import pytest

from tests.fakes.npm import NODE, PACKAGES, installed
from tests.guards.test_dashboard import DASHBOARD

TYPES: Final = """
import type { Dashboard, FieldConfigSource, GraphFieldConfig, Panel, RowPanel } from "@grafana/schema";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as TimeSeries } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

type Written<T> = T extends string ? `${T}` : T extends object ? { [Key in keyof T]: Written<T[Key]> } : T;
type Query = { refId: string; expr: string; legendFormat: string; datasource: { type: "prometheus"; uid: string } };
type Shown<Type, Options, Custom> = Omit<Panel, "type" | "options" | "fieldConfig" | "targets"> & {
    type: Type; title: string; description: string; options: Options; fieldConfig: FieldConfigSource<Partial<Custom>>; targets: Query[];
};
type Ours = Omit<Dashboard, "panels"> & {
    panels: Array<RowPanel | Shown<"stat", Stat, object> | Shown<"timeseries", TimeSeries, GraphFieldConfig>>;
};
"""


WRONG: Final = "wrong.ts"


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the compiler has against our dashboard, and against one with an option that is none. It reads Grafana's types once for both."""
    installed()
    folder = tmp_path_factory.mktemp("types")
    (folder / "node_modules").symlink_to(PACKAGES)
    (folder / "package.json").write_text('{"type": "module"}')
    files = {"ours.ts": DASHBOARD, WRONG: with_an_option_that_is_none()}
    for name, dashboard in files.items():
        (folder / name).write_text(f"{TYPES}\nexport const ours: Written<Ours> = {json.dumps(dashboard, indent=1)};\n")
    compiler = PACKAGES / "typescript/lib/tsc.js"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"]
    command = [str(NODE), str(compiler), *options, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()


def with_an_option_that_is_none() -> dict[str, Any]:
    wrong: dict[str, Any] = json.loads(json.dumps(DASHBOARD))
    stat = next(panel for panel in wrong["panels"] if panel["type"] == "stat")
    stat["options"]["colorMode"] = "backgrounds"
    return wrong


@pytest.mark.process
def test_grafanas_own_types_take_the_dashboard(complaints: list[str]):
    assert [line for line in complaints if not line.startswith(f"{WRONG}(")] == []


@pytest.mark.process
def test_they_refuse_an_option_that_is_none_and_a_word_that_means_nothing(complaints: list[str]):
    (said,) = [line for line in complaints if line.startswith(f"{WRONG}(")]
    assert "backgrounds" in said
    assert "error TS" in said
