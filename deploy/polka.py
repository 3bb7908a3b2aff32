"""The `polka` command. Subcommands are imported when they are used, so a gate needs no FastAPI."""

import importlib
from typing import Any

import typer
import typer.core
import typer.main

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("deploy.commands.demo", "Play a whole library on this machine."),
    "controller": ("deploy.commands.controller", "The ledger: run it, add devices, migrate."),
    "broker": ("deploy.commands.broker", "Set the MQTT broker up and run it."),
    "import": ("deploy.commands.importing", "Import a catalogue or a roster of pupils."),
    "export": ("deploy.commands.exporting", "Export the catalogue for another system."),
    "kiosk": ("deploy.commands.kiosk", "Run a self-service kiosk."),
    "drop": ("deploy.commands.drop", "Run a book drop."),
    "station": ("deploy.commands.station", "Run an encoding station: tag the stock."),
    "gate": ("deploy.commands.gate", "Run an exit gate."),
    "services": ("deploy.commands.services", "Let systemd run this machine's programs."),
    "readers": ("deploy.commands.readers", "Find, identify and read RFID readers."),
    "tag": ("deploy.commands.tag", "Decode and encode the content of a tag."),
    "scenario": ("deploy.commands.scenario", "Play what libraries suffer from, and judge it."),
    "sim": ("deploy.commands.sim", "Run the hardware simulator."),
}
"""Name -> (module that holds `app`, one line of help)."""


class LazyGroup(typer.core.TyperGroup):
    """Lists every subcommand from the table and imports only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A name and a line of help: enough for `polka --help`, without importing anything."""
        if cmd_name not in COMMANDS:
            return None
        return typer.core.TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command, imported now because it is called now."""
        if args[0] not in COMMANDS:
            return super().resolve_command(ctx, args)
        command = typer.main.get_command(_load(args[0]).app)
        command.name = args[0]
        return args[0], command, args[1:]


def _load(name: str) -> Any:
    module, _ = COMMANDS[name]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.split(".")[0] in ("deploy", "circulation", "drivers"):
            raise
        typer.echo(
            f"polka {name} needs the package '{missing.name}', which is not installed here. "
            "Install the extra for this device, e.g. pip install 'polka[controller]'.",
            err=True,
        )
        raise typer.Exit(3) from missing


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False)


@app.callback()
def polka() -> None:
    """RFID self-service for libraries."""


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
