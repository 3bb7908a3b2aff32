"""`polka controller`: run the ledger, enrol devices and staff, keep the database."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from circulation.ids import BadId
from controller.__main__ import run as serve
from controller.backup import BackupFailed, Checked, back_up, sqlite_file
from controller.backup import restore as put_back
from controller.clock import system_clock
from controller.db import upgrade
from controller.devices.registry import (
    add_device,
    ensure_library,
    give_broker_password,
    revoke_by_name,
)
from controller.settings import BadSettings, Settings, load_author_marks, load_policy, load_settings
from controller.staff.accounts import BadAccount, add_account, end_account
from controller.staff.passwords import BadPassword
from controller.staff.rights import Role
from controller.tables import DeviceKind
from deploy.ledger import opened

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
    with opened(_load(settings).database_url) as engine:
        upgrade(engine)


@app.command("add-device")
def add(
    name: Annotated[str, typer.Argument(help="1 to 32 of a-z, 0-9 and '-'.")],
    settings: SettingsFile,
    kind: Annotated[DeviceKind, typer.Option(help="What the device does.")],
    as_json: Json = False,
) -> None:
    """Enrol a device and print its token, once; for a known device the old token ends.

    A gate gets its password for the broker instead, if the controller keeps the broker's files
    (mqtt.access_folder).
    """
    loaded = _load(settings)
    try:
        with opened(loaded.database_url) as engine:
            token = _enrol(engine, loaded, name, kind)
    except BadId as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps({"device": name, "kind": kind.value, "token": token}))
    else:
        typer.echo(token or f"{name} may report now; its password stands with the broker")


@app.command("add-staff")
def add_staff(
    name: Annotated[str, typer.Argument(help="Letters, digits, '.', '-' and '_', at most 32.")],
    settings: SettingsFile,
    role: Annotated[Role, typer.Option(help="What the person is in the library.")],
    class_name: Annotated[
        str, typer.Option("--class", help="The class a teacher looks after, e.g. 7Б.")
    ] = "",
) -> None:
    """Add an account, or give a known one a new password; its sessions end.

    The password is asked for, or read as one line when the input is not a keyboard.
    """
    url = _load(settings).database_url
    try:
        with opened(url) as engine:
            upgrade(engine)
            is_new = add_account(
                engine,
                name=name,
                role=role,
                password=_ask_password(),
                clock=system_clock,
                class_name=class_name,
            )
    except (BadAccount, BadPassword) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{name} may sign in as {role}" if is_new else f"{name} has a new password")


@app.command("end-staff")
def end_staff(
    name: Annotated[str, typer.Argument(help="The account's name.")], settings: SettingsFile
) -> None:
    """End an account: nobody signs in with it, and who is signed in is out."""
    try:
        with opened(_load(settings).database_url) as engine:
            end_account(engine, name=name)
    except BadAccount as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; an older one is replaced.")],
    settings: SettingsFile,
) -> None:
    """Copy the ledger while the controller runs, and check the copy. Keep it off this machine."""
    loaded = _load(settings)
    with _told():
        checked = back_up(sqlite_file(loaded.database_url), file)
    typer.echo(f"{file} is whole: {_rows(checked)}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy made by backup.")], settings: SettingsFile
) -> None:
    """Put a copy back; the controller must be stopped. The old ledger is kept beside it."""
    loaded = _load(settings)
    with _told():
        ledger = sqlite_file(loaded.database_url)
        checked = put_back(file, ledger)
    typer.echo(f"{ledger} is the copy now: {_rows(checked)}")


@app.command("revoke-device")
def revoke_device(
    name: Annotated[str, typer.Argument(help="The device's name.")], settings: SettingsFile
) -> None:
    """Take a device's access away; a running controller ends its broker session in seconds."""
    loaded = _load(settings)
    with opened(loaded.database_url) as engine:
        upgrade(engine)
        found = revoke_by_name(engine, isil=loaded.library_isil, name=name, now=system_clock())
    if not found:
        typer.echo(f"there is no device {name!r}", err=True)
        raise typer.Exit(2)
    typer.echo(f"{name} has no access any more")


def _enrol(engine: Engine, loaded: Settings, name: str, kind: DeviceKind) -> str | None:
    """The token of a device, or a gate's password where the controller keeps the broker's files."""
    isil = loaded.library_isil
    upgrade(engine)
    ensure_library(
        engine, isil=isil, name=loaded.library_name, display_name=loaded.library_display_name
    )
    token = add_device(engine, isil=isil, name=name, kind=kind)
    if kind is DeviceKind.GATE and loaded.mqtt is not None and loaded.mqtt.access_folder:
        return give_broker_password(engine, isil=isil, name=name, now=system_clock())
    return token


@contextmanager
def _told() -> Iterator[None]:
    """A failure in a sentence and with 1."""
    try:
        yield
    except BackupFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _rows(checked: Checked) -> str:
    rows = ", ".join(f"{n} {table}" for table, n in sorted(checked.rows.items()) if n)
    return f"schema {checked.revision}; {rows}"


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _load(path: Path) -> Settings:
    try:
        settings = load_settings(path)
        load_policy(settings)
        load_author_marks(settings)
    except BadSettings as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    return settings
