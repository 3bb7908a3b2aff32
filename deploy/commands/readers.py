"""`polka readers`: find readers, say who answers, read and write what lies on them."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Literal, NoReturn

import typer

from circulation.ids import parse_isil, parse_item_id
from circulation.tags.item_tag import Layout, TagContent
from deploy.commands.tag import as_record, in_words
from deploy.tag_dump import TagDump, dump, write
from drivers.discovery import find_ports, open_found, open_watched
from drivers.errors import ReaderError
from drivers.reader import Health, Identity, Reader, TagSeen
from drivers.registry import identify_port

UNUSABLE_INPUT = 2
READER_TROUBLE = 3

Port = Annotated[str, typer.Argument(help="/dev/serial/by-id/..., or socket://HOST:PORT.")]
Model = Annotated[str | None, typer.Option(help="Model, if the reader shall not be asked.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for a program.")]

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def readers(context: typer.Context, as_json: AsJson = False) -> None:
    """Find, identify and read RFID readers. Without a command: list the ports."""
    if context.invoked_subcommand is None:
        list_command(as_json=as_json)


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the serial ports by USB id and lasting name; nothing is sent to them."""
    ports = find_ports()
    if as_json:
        typer.echo(json.dumps([asdict(port) for port in ports]))
        return
    for port in ports:
        typer.echo(f"{port.name}  {port.usb_id or '-'}  {port.hint}")
    if not ports:
        typer.echo("no serial port: is a reader plugged in?")


@app.command()
def identify(port: Port, as_json: AsJson = False) -> None:
    """Say who answers at a port. Ends with 3 when nobody known does."""
    with _trouble_told():
        identity = identify_port(port)
    _say(asdict(identity), _identity_in_words(identity), as_json=as_json)


@app.command()
def inventory(port: Port, model: Model = None, as_json: AsJson = False) -> None:
    """List the tags that lie on a reader now."""
    with _opened(port, model) as reader:
        seen = reader.inventory()
        complete = reader.inventory_is_complete
    tags = [_tag_record(tag) for tag in seen]
    lines = [" ".join(f"{name} {value}" for name, value in tag.items()) for tag in tags]
    lines.append(f"{len(seen)} tags{'' if complete else ', and there may be more'}")
    _say({"tags": tags, "complete": complete}, lines, as_json=as_json)


@app.command("dump")
def dump_command(port: Port, model: Model = None, as_json: AsJson = False) -> None:
    """Read every tag on a reader whole and say what it means."""
    with _opened(port, model) as reader:
        dumps = [dump(reader, tag.uid) for tag in reader.inventory()]
    lines = [line for found in dumps for line in _dump_in_words(found)]
    records = [_dump_record(found) for found in dumps]
    _say(records, lines or ["no tag lies there"], as_json=as_json)


@app.command("write")
def write_command(
    port: Port,
    item: Annotated[str, typer.Option(help="Item id, up to 16 bytes of UTF-8.")],
    owner: Annotated[str, typer.Option(help="Owner's ISIL, e.g. RU-10010033.")],
    parts: Annotated[int, typer.Option(help="Number of parts of the item.")] = 1,
    part: Annotated[int, typer.Option(help="Which part this tag is on.")] = 1,
    title: Annotated[str | None, typer.Option(help="Title, if it shall stand on the tag.")] = None,
    layout: Annotated[Literal["28560-3", "28560-2"], typer.Option(help="Layout.")] = "28560-3",
    afi: Annotated[str, typer.Option(help="AFI in hex: in stock.")] = "07",
    overwrite: Annotated[bool, typer.Option(help="Even a tag of somebody else.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Write the one tag that lies on a reader, and print what it holds afterwards."""
    with _trouble_told():
        content = TagContent(
            parse_item_id(item), parse_isil(owner), parts=parts, part=part, title=title
        )
        security = _one_byte(afi)
    with _opened(port, model) as reader:
        held = write(reader, content, layout=Layout(layout), afi=security, overwrite=overwrite)
    _say(_dump_record(held), _dump_in_words(held), as_json=as_json)


@app.command()
def health(
    port: Port,
    model: Model = None,
    seconds: Annotated[float, typer.Option(help="How long to watch.", min=0.1)] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Look at the field for a while and say how line and field are doing; of a gate as well."""
    with _trouble_told():
        reader, look = open_watched(port, model)
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                look()
            told = _health_record(reader.health, time.monotonic())
        finally:
            reader.close()
    _say(told, [f"{name.replace('_', ' ')}: {value}" for name, value in told.items()], as_json)


@contextmanager
def _opened(port: str, model: str | None) -> Iterator[Reader]:
    with _trouble_told():
        reader = open_found(port, model)
        try:
            yield reader
        finally:
            reader.close()


@contextmanager
def _trouble_told() -> Iterator[None]:
    try:
        yield
    except ReaderError as error:
        _refuse(str(error), READER_TROUBLE)
    except ValueError as bad:
        _refuse(str(bad), UNUSABLE_INPUT)


def _one_byte(digits: str) -> int:
    value = int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{2}", digits) else None
    if value is None:
        raise ValueError(f"AFI {digits!r} is not one byte of hex: give e.g. 07")
    return value


def _refuse(sentence: str, status: int) -> NoReturn:
    typer.echo(f"polka readers: {sentence}", err=True)
    raise typer.Exit(status)


def _say(record: object, lines: list[str], as_json: bool) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False) if as_json else "\n".join(lines))


def _identity_in_words(identity: Identity) -> list[str]:
    simulated = " (simulated)" if identity.simulated else ""
    return [f"{identity.model}, firmware {identity.firmware}{simulated}"]


def _tag_record(tag: TagSeen) -> dict[str, object]:
    """What the reader told of a tag; times of this process's clock tell nobody anything."""
    record = asdict(tag)
    del record["at"]
    return {name: value for name, value in record.items() if value is not None}


def _dump_record(found: TagDump) -> dict[str, object]:
    return as_record(found.says) | {
        "uid": found.uid,
        "dsfid": found.dsfid,
        "afi": found.afi,
        "eas": found.eas,
        "locked_blocks": found.locked_blocks,
        "hex": found.memory.hex().upper(),
    }


def _dump_in_words(found: TagDump) -> list[str]:
    lines = [f"tag      {found.uid}", *in_words(found.says)]
    if found.dsfid is not None and found.afi is not None:
        lines += [f"dsfid    {found.dsfid:02X}", f"afi      {found.afi:02X}"]
    if found.eas is not None:
        lines.append(f"eas      {'on' if found.eas else 'off'}")
    if found.locked_blocks is not None:
        lines.append(f"locked   {', '.join(map(str, found.locked_blocks)) or 'nothing'}")
    return lines


def _health_record(told: Health, now: float) -> dict[str, object]:
    age = None if told.last_good_at is None else round(now - told.last_good_at, 3)
    return {
        "last_good_answer_s_ago": age,
        "requests": told.requests,
        "retries_per_minute": round(told.retries_per_minute, 2),
        "rf_warning_share": round(told.rf_warning_share, 4),
        "garbled": told.garbled,
        "reopened": told.reopened,
    }
