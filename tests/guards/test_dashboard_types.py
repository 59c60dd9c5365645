"""The dashboard is what Grafana's own types say of one: each part of it, and each panel's options, by the compiler that Grafana is built with.

npm's `@grafana/schema` holds types and no JSON schema, so the dashboard is written down as a value of theirs. Enums are written as their values.
"""

import json
import subprocess
from pathlib import Path
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


def compiled(dashboard: dict[str, Any], folder: Path) -> str:
    """What the compiler has against it; nothing if all is well."""
    installed()
    (folder / "node_modules").symlink_to(PACKAGES)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "dashboard.ts").write_text(
        f"{TYPES}\nexport const ours: Written<Ours> = {json.dumps(dashboard, indent=1)};\n"
    )
    compiler = PACKAGES / "typescript/lib/tsc.js"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "dashboard.ts"]
    done = subprocess.run([str(NODE), str(compiler), *options], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.process
def test_grafanas_own_types_take_the_dashboard(tmp_path: Path):
    assert compiled(DASHBOARD, tmp_path) == ""


@pytest.mark.process
def test_they_refuse_an_option_that_is_none_and_a_word_that_means_nothing(tmp_path: Path):
    wrong = json.loads(json.dumps(DASHBOARD))
    stat = next(panel for panel in wrong["panels"] if panel["type"] == "stat")
    stat["options"]["colorMode"] = "backgrounds"
    said = compiled(wrong, tmp_path)
    assert "backgrounds" in said
    assert "error TS" in said
