"""`polka tag`: say what the bytes of a tag mean, and what bytes a tag should have."""

import json
import re
from typing import Annotated, Literal, NoReturn

import typer

from circulation.ids import BadId, parse_isil, parse_item_id
from circulation.tags.codec import DEFAULT_SIZE, WRITTEN_DSFIDS, decode
from circulation.tags.codec import encode as encode_tag
from circulation.tags.item_tag import (
    CannotEncode,
    Extra,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
    Usage,
)
from circulation.tags.title_fit import TitleFit

UNUSABLE_INPUT = 2
HAS_PROBLEMS = 1

EXPLANATIONS: dict[TagProblem, str] = {
    TagProblem.BLANK: "the tag is empty: write it",
    TagProblem.FOREIGN: "no library layout that Polka knows: check that it is a library's tag",
    TagProblem.CRC_MISMATCH: "the checksum does not hold: read again, then write the tag anew",
    TagProblem.UNKNOWN_VERSION: "a version of the layout that Polka does not know",
    TagProblem.NO_ITEM_ID: "there is no item id: write the tag anew",
    TagProblem.BAD_ITEM_ID: "the item id is not a text: write the tag anew",
    TagProblem.BAD_OWNER: "the owner is not a text: write the tag anew",
    TagProblem.BAD_ELEMENT: "an element is damaged: read again, then write the tag anew",
    TagProblem.DUPLICATE_ELEMENT: "an element is there twice: write the tag anew",
    TagProblem.BAD_BLOCK: "an extension block is malformed; the item id is good",
    TagProblem.BAD_BLOCK_XOR: "an extension block is damaged; the item id is good",
    TagProblem.BAD_TITLE: "the title is not a text; the item id is good",
    TagProblem.TRUNCATED: "the bytes end too early: read the whole tag",
    TagProblem.REVERSED_BLOCKS: "every 4-byte block is stored back to front: write the tag anew",
    TagProblem.SWAPPED_NIBBLES: "version and usage are swapped (Bibliotheca): write the tag anew",
    TagProblem.SWAPPED_PARTS: "part and number of parts are swapped: write the tag anew",
    TagProblem.ORDINAL_ZERO: "part 0 of a set, read as part 1: look at the book, write it anew",
    TagProblem.BAD_PARTS: "the numbers of parts make no sense: look at the book, write it anew",
    TagProblem.UNKNOWN_USAGE: "a type of usage that the standard does not have",
}
"""One line for a person per problem."""

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("decode")
def decode_command(
    hex_digits: Annotated[
        list[str],
        typer.Argument(metavar="HEX", help="Memory of the tag; blanks, colons are fine."),
    ],
    dsfid: Annotated[
        str | None, typer.Option(help="The tag's DSFID in hex, e.g. 3E, if you know it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what is on a tag. Ends with 0 for a sound tag, 1 for one with problems, 2 for no hex."""
    tag = decode(_hex_bytes(" ".join(hex_digits)), dsfid=_one_byte(dsfid))
    if as_json:
        typer.echo(json.dumps(as_record(tag), ensure_ascii=False))
    else:
        typer.echo("\n".join(in_words(tag)))
    raise typer.Exit(HAS_PROBLEMS if tag.problems else 0)


@app.command("encode")
def encode_command(
    item: Annotated[str, typer.Option(help="Item id, up to 16 bytes of UTF-8.")],
    owner: Annotated[str, typer.Option(help="Owner's ISIL, e.g. RU-10010033.")],
    parts: Annotated[int, typer.Option(help="Number of parts of the item.")] = 1,
    part: Annotated[int, typer.Option(help="Which part this tag is on.")] = 1,
    title: Annotated[str | None, typer.Option(help="Title, if it shall stand on the tag.")] = None,
    fit: Annotated[
        TitleFit, typer.Option("--long-title", help="A title that does not fit: what to do.")
    ] = TitleFit.REFUSE,
    usage: Annotated[Usage, typer.Option(help="Type of usage.")] = Usage.CIRCULATING,
    layout: Annotated[Literal["28560-3", "28560-2"], typer.Option(help="Layout.")] = "28560-3",
    size: Annotated[int, typer.Option(help="Memory of the tag in bytes.")] = DEFAULT_SIZE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print the bytes of a tag in hex."""
    chosen = Layout(layout)
    try:
        content = TagContent(
            parse_item_id(item), parse_isil(owner), parts=parts, part=part, usage=usage, title=title
        )
        memory = encode_tag(content, layout=chosen, size=size, title_fit=fit)
    except (BadId, CannotEncode) as bad:
        _refuse(str(bad))
    digits = memory.hex().upper()
    if as_json:
        record = {"layout": layout, "dsfid": f"{WRITTEN_DSFIDS[chosen]:02X}", "size": size}
        typer.echo(json.dumps(record | {"hex": digits}))
    else:
        typer.echo(digits)


def _hex_bytes(text: str) -> bytes:
    digits = re.sub(r"[\s:]", "", text)
    if not digits:
        _refuse("there are no bytes: give the tag's memory as hex digits")
    if not re.fullmatch("[0-9A-Fa-f]+", digits):
        _refuse("that is not hex: give only 0-9 and A-F, blanks and colons")
    if len(digits) % 2:
        _refuse(f"{len(digits)} hex digits are no whole bytes: look for a missing digit")
    return bytes.fromhex(digits)


def _one_byte(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch("(0[xX])?[0-9A-Fa-f]{1,2}", text):
        _refuse(f"DSFID {text!r} is not one byte of hex: give e.g. 3E")
    return int(text, 16)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"polka tag: {sentence}", err=True)
    raise typer.Exit(UNUSABLE_INPUT)


def as_record(tag: ItemTag) -> dict[str, object]:
    """What a tag says, for a program."""
    return {
        "layout": tag.layout,
        "item_id": tag.item_id,
        "owner": tag.owner,
        "owner_is_isil": tag.owner_is_isil,
        "parts": tag.parts,
        "part": tag.part,
        "usage": tag.usage,
        "title": tag.title,
        "problems": list(tag.problems),
        "needs_reencoding": tag.needs_reencoding,
        "extras": [_extra_record(extra) for extra in tag.extras],
    }


def _extra_record(extra: Extra) -> dict[str, object]:
    return {
        "number": extra.number,
        "raw": extra.raw.hex().upper(),
        "fields": dict(extra.fields),
    }


def in_words(tag: ItemTag) -> list[str]:
    """What a tag says, for a person: a line per fact and per problem."""
    lines = [f"layout   {tag.layout}", f"item     {tag.item_id or 'none that can be trusted'}"]
    if tag.owner is not None:
        lines.append(f"owner    {tag.owner}{'' if tag.owner_is_isil else ' (not an ISIL)'}")
    if tag.parts is not None:
        lines.append(f"part     {tag.part} of {tag.parts}")
    if tag.usage is not None:
        lines.append(f"usage    {tag.usage.replace('_', ' ')}")
    if tag.title is not None:
        lines.append(f"title    {tag.title}")
    lines += [f"extra    {_extra_in_words(extra)}" for extra in tag.extras]
    lines += [f"problem  {problem}: {EXPLANATIONS[problem]}" for problem in tag.problems]
    return lines if tag.problems else [*lines, "sound"]


def _extra_in_words(extra: Extra) -> str:
    told = ", ".join(f"{name} {text}" for name, text in extra.fields if text)
    return f"{extra.number}: {told or extra.raw.hex().upper()}"
