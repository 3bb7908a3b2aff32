"""`polka controller`: run the ledger, enrol devices, check settings, migrate the database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from circulation.ids import BadId
from controller.__main__ import run as serve
from controller.db import make_engine, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.settings import BadSettings, Settings, load_policy, load_settings
from controller.tables import DeviceKind

app = typer.Typer(no_args_is_help=True, add_completion=False)

SettingsFile = Annotated[
    Path,
    typer.Option(
        "--settings", envvar="POLKA_CONTROLLER_SETTINGS", help="The controller's TOML file."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.callback()
def controller() -> None:
    """The ledger: run it, add devices, migrate. Ends with 2 for settings that cannot be used."""


@app.command()
def run(settings: SettingsFile) -> None:
    """Serve until stopped; the database is migrated first."""
    raise typer.Exit(serve(_load(settings)))


@app.command("check-config")
def check_config(settings: SettingsFile) -> None:
    """Print the settings that would be used, without secrets."""
    typer.echo(_load(settings).model_dump_json(indent=2))


@app.command()
def migrate(settings: SettingsFile) -> None:
    """Bring the database to the newest schema."""
    upgrade(make_engine(_load(settings).database_url))


@app.command("add-device")
def add(
    name: Annotated[str, typer.Argument(help="1 to 32 of a-z, 0-9 and '-'.")],
    settings: SettingsFile,
    kind: Annotated[DeviceKind, typer.Option(help="What the device does.")],
    as_json: Json = False,
) -> None:
    """Enrol a device and print its token, once; for a known device the old token ends."""
    loaded = _load(settings)
    engine = make_engine(loaded.database_url)
    upgrade(engine)
    try:
        ensure_library(
            engine,
            isil=loaded.library_isil,
            name=loaded.library_name,
            display_name=loaded.library_display_name,
        )
        token = add_device(engine, isil=loaded.library_isil, name=name, kind=kind)
    except BadId as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps({"device": name, "kind": kind.value, "token": token}))
    else:
        typer.echo(token or f"{name} may report now; its password stands with the broker")


def _load(path: Path) -> Settings:
    try:
        settings = load_settings(path)
        load_policy(settings)
    except BadSettings as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    return settings
