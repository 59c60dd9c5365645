"""`serve | check-config | migrate | diagram | demo-acs | demo-partner`: what needs no running gateway.

Only migrate opens the store; serve does so through the composition root. Each takes its modules in when it is called, so that
no command waits for what another needs.
"""

import argparse
import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.commands.base import Failure
from gateway.commands.output import json_flag, print_json
from gateway.workflow.records import Role

if TYPE_CHECKING:
    from gateway.config import Settings

CONFIG_VARIABLE: Final = "ILL_GATEWAY_CONFIG"
DEFAULT_CONFIG: Final = "ill-gateway.toml"


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    config, as_json = config_flag(), json_flag()
    commands.add_parser("serve", parents=[config]).set_defaults(run=serve)
    commands.add_parser("check-config", parents=[config, as_json]).set_defaults(run=check_config)
    commands.add_parser("migrate", parents=[config, as_json]).set_defaults(run=migrate)
    diagram = commands.add_parser("diagram", parents=[as_json])
    diagram.add_argument(
        "--role", choices=[role.value for role in Role], default=Role.LENDING.value, help="of what we lend, or borrow"
    )
    diagram.set_defaults(run=print_diagram)
    for name, run in (("demo-acs", demo_acs), ("demo-partner", demo_partner)):
        commands.add_parser(name, add_help=False).set_defaults(run=run, takes_rest=True)


def config_flag() -> argparse.ArgumentParser:
    """Return the flag that names the settings' file, as a parent of the commands that read it."""
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument("--config", type=Path, help=f"the settings' file (${CONFIG_VARIABLE}; {DEFAULT_CONFIG})")
    return config


def serve(options: argparse.Namespace) -> int:
    """Run the gateway. Until it is ready garbage is not looked for: what is loaded stays, and to look through it was a sixth of the start."""
    gc.disable()
    try:
        settings = settings_of(options)
        from gateway.app.memory import leave_sqlite_uncounted  # noqa: PLC0415 - only this command needs the whole program

        leave_sqlite_uncounted()  # before the whole program, which loads SQLite
        from gateway.app.process import serve as run  # noqa: PLC0415 - likewise

        return run(settings)
    finally:
        gc.enable()


def check_config(options: argparse.Namespace) -> int:
    """Say that the settings can be used, or name all that is wrong with them."""
    from gateway.config import ConfigError, check  # noqa: PLC0415 - see the module's docstring

    path = config_path(options)
    try:
        check(path, os.environ)
    except ConfigError as error:
        if not options.json:
            raise Failure(str(error)) from None
        print_json({"ok": False, "problems": list(error.problems)})
        return 1
    if options.json:
        print_json({"ok": True, "problems": []})
    else:
        print(f"{path}: no mistakes.")
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Bring the tables to this program's version. The gateway must not be running on a SQLite store."""
    import asyncio  # noqa: PLC0415 - see the module's docstring

    before, after = asyncio.run(_migrate(settings_of(options).store_url().get_secret_value()))
    if options.json:
        print_json({"before": before, "after": after})
    elif before == after:
        print(f"The store is at version {after} already.")
    else:
        print(f"The store went from version {before} to {after}.")
    return 0


async def _migrate(url: str) -> tuple[int, int]:
    from gateway.store.factory import open_store  # noqa: PLC0415 - see the module's docstring
    from gateway.store.port import StoreError  # noqa: PLC0415

    try:
        store = open_store(url)
        await store.open()
        try:
            return await store.migrate()
        finally:
            await store.close()
    except (StoreError, ValueError) as error:
        raise Failure(f"The store can't be migrated: {error}.") from None


def print_diagram(options: argparse.Namespace) -> int:
    """Print the table of a role as a state diagram."""
    from gateway.workflow.borrowing.table import BORROWING  # noqa: PLC0415 - see the module's docstring
    from gateway.workflow.diagram import mermaid  # noqa: PLC0415
    from gateway.workflow.lending.table import LENDING  # noqa: PLC0415

    drawn = mermaid(BORROWING if options.role == Role.BORROWING else LENDING)
    if options.json:
        print_json({"mermaid": drawn})
    else:
        print(drawn, end="" if drawn.endswith("\n") else "\n")
    return 0


def demo_acs(options: argparse.Namespace) -> int:
    """Run the demonstration circulation system with the arguments that follow."""
    from gateway.demo.acs.running import main  # noqa: PLC0415 - see the module's docstring

    return main(_rest(options))


def demo_partner(options: argparse.Namespace) -> int:
    """Run the demonstration partner with the arguments that follow."""
    from gateway.demo.partner.running import main  # noqa: PLC0415 - see the module's docstring

    return main(_rest(options))


def _rest(options: argparse.Namespace) -> Sequence[str]:
    rest: list[str] = options.rest
    return rest


def config_path(options: argparse.Namespace) -> Path:
    """Return the settings' file that is meant."""
    return options.config or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def settings_of(options: argparse.Namespace) -> "Settings":
    """Read the settings. Raises Failure, whose text names every mistake in them."""
    from gateway.config import ConfigError, load  # noqa: PLC0415 - see the module's docstring

    try:
        return load(config_path(options), os.environ)
    except ConfigError as error:
        raise Failure(str(error)) from None
