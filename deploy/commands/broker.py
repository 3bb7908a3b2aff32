"""`polka broker`: set mosquitto up for a library and run it, in one command.

What it needs it makes once and keeps: an authority, a certificate, password and rights files. The
passwords of gates come from the ledger (the controller writes them into the same folder when a gate
is let in), so nothing is typed twice.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from controller.broker import (
    CONTROLLER_USER,
    BrokerSettings,
    BrokerUnavailable,
    TlsListener,
    find_mosquitto,
    read_hashes,
    write_access,
    write_configuration,
)
from controller.broker_tls import TlsUnavailable
from controller.settings import BadSettings, MqttSettings, Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def broker(
    settings: Annotated[
        Path,
        typer.Option(envvar="POLKA_CONTROLLER_SETTINGS", help="The controller's TOML file."),
    ],
    name: Annotated[
        list[str], typer.Option(help="Host name or address by which gates call this machine.")
    ],
    tls_port: Annotated[int, typer.Option(min=1, max=65_535, help="Where gates connect.")] = 8883,
    only_write: Annotated[
        bool, typer.Option("--only-write", help="Write the files, tell of them, and end.")
    ] = False,
) -> None:
    """Set the MQTT broker up and run it until stopped. Ends with 2 when something is missing."""
    try:
        loaded = load_settings(settings)
        mqtt, folder = _needed(loaded)
        configuration = _set_up(loaded, mqtt, folder, TlsListener(tls_port, tuple(name)))
        program = find_mosquitto()
    except (BadSettings, BrokerUnavailable, TlsUnavailable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    authority = folder / "tls" / "ca.crt"
    typer.echo(
        f"for each gate: copy {authority} to it and set in its file\n"
        f'  mqtt_host = "{name[0]}"\n  mqtt_port = {tls_port}\n  mqtt_ca_file = "ca.crt"',
        err=True,
    )
    if not only_write:
        os.execv(program, [str(program), "-c", str(configuration)])  # noqa: S606  # no shell


def _needed(settings: Settings) -> tuple[MqttSettings, Path]:
    if settings.mqtt is None:
        raise BadSettings("the controller's file has no [mqtt]: set port and password there")
    if settings.mqtt.access_folder is None:
        raise BadSettings(
            "the controller's file has no mqtt.access_folder: name the folder that is the broker's"
        )
    return settings.mqtt, settings.mqtt.access_folder


def _set_up(settings: Settings, mqtt: MqttSettings, folder: Path, tls: TlsListener) -> Path:
    """Write everything anew but the gates' passwords, which stay. Returns the configuration."""
    known = read_hashes(folder)
    configuration = write_configuration(
        BrokerSettings(
            folder,
            settings.library_name,
            mqtt.port,
            {CONTROLLER_USER: mqtt.password.get_secret_value()},
            tls=tls,
        )
    )
    new = read_hashes(folder)
    write_access(folder, settings.library_name, known | new)
    return configuration
