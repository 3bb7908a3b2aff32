"""Every tag of the shared golden data is read as expected; skipped where there are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from circulation.tags.codec import decode
from circulation.tags.item_tag import TagProblem

VECTORS = Path(__file__).parents[4] / "shared" / "vectors"
pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the golden data do not lie beside the project"
)
USAGE_OF = {"1": "circulating", "2": "not_circulating"}


def rows(name: str, *groups: str) -> list[Any]:
    path = VECTORS / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [
        pytest.param(row, id=row.get("id", row["hex"][:16]))
        for group in groups
        for row in data.get(group, [])
    ]


@pytest.mark.parametrize("row", rows("iso28560_3", "vectors"))
def test_28560_3_tag(row: dict[str, Any]) -> None:
    expected = row["expected"]

    tag = decode(bytes.fromhex(row["hex"]))

    assert (tag.layout, tag.problems) == ("28560-3", ())
    assert (tag.item_id, tag.owner) == (expected["primary_item_id"], expected["isil"])
    assert (tag.parts, tag.part) == (expected["parts_in_item"], expected["ordinal_part"])
    assert tag.usage == USAGE_OF[str(expected["type_of_usage"])]
    assert [extra.number for extra in tag.extras] == [block["id"] for block in expected["blocks"]]
    for extra, block in zip(tag.extras, expected["blocks"], strict=True):
        assert dict(extra.fields) == {k: str(v) for k, v in block.get("fields", {}).items()}
        assert extra.raw.hex().upper().endswith(block.get("payload", ""))


@pytest.mark.parametrize("row", rows("iso28560_3", "edge_and_negative"))
def test_28560_3_tag_that_is_not_as_it_should_be(row: dict[str, Any]) -> None:
    item_id, problem = {
        "crc-mismatch": (None, TagProblem.CRC_MISMATCH),
        "block-reversed": ("1000000056", TagProblem.REVERSED_BLOCKS),
        "nibbles-swapped": ("1000000056", TagProblem.SWAPPED_NIBBLES),
        "blank": (None, TagProblem.BLANK),
    }[row["id"]]

    tag = decode(bytes.fromhex(row["hex"]))

    assert (tag.item_id, tag.problems) == (item_id, (problem,))


@pytest.mark.parametrize("row", rows("iso28560_2", "vectors"))
def test_28560_2_tag(row: dict[str, Any]) -> None:
    expected = row["expected"]

    tag = decode(bytes.fromhex(row["hex"]))

    told = {name: text for extra in tag.extras for name, text in extra.fields}
    own = {"primary_item_id", "content_parameter", "owner_isil", "set_information"}
    assert (tag.layout, tag.problems) == ("28560-2", ())
    assert tag.item_id == expected["primary_item_id"]
    assert (tag.owner or "") == expected.get("owner_isil", "")
    assert tag.title == expected.get("title")
    assert f"{tag.parts}{tag.part:0{len(str(tag.parts))}}" == expected.get("set_information", "11")
    assert tag.usage == USAGE_OF.get(expected.get("type_of_usage", "")[:1], "unspecified")
    assert told == {k: v for k, v in expected.items() if k not in own | {"title", "type_of_usage"}}


@pytest.mark.parametrize("dsfid", [None, 0x06])
@pytest.mark.parametrize("row", rows("iso28560_2", "negative"))
def test_28560_2_tag_that_must_not_be_believed(row: dict[str, Any], dsfid: int | None) -> None:
    tag = decode(bytes.fromhex(row["hex"]), dsfid=dsfid)

    assert tag.item_id is None
    assert tag.problems


@pytest.mark.parametrize("row", rows("legacy_3m", "vectors"))
def test_3m_tag(row: dict[str, Any]) -> None:
    expected = row["expected"]

    tag = decode(bytes.fromhex(row["hex"]))

    assert (tag.layout, tag.problems) == ("3m", ())
    assert tag.item_id == expected["content"]
    assert (tag.part, tag.parts) == (expected["set_item"], expected["total"])
    assert dict(tag.extras[0].fields) == {
        name: str(expected[name]) for name in ("item_type", "branch", "library", "custom")
    }


def test_uhf_banks() -> None:
    data = json.loads((VECTORS / "iso28560_4.json").read_text(encoding="utf-8"))
    epc, user = data["epc_bank"], data["user_bank"]

    named = decode(bytes.fromhex(epc["hex_without_crc"]))
    told = decode(bytes.fromhex(user["hex"]))

    assert f"{named.owner}.{named.item_id}.{named.parts}{named.part}" == epc["expected"]["uii"]
    assert (named.layout, named.problems) == ("28560-4", ())
    assert f"{told.parts}{told.part:02}" == user["expected"]["set_information"]
    assert told.extras[0].fields == (("shelf_location", user["expected"]["shelf_location"]),)
    assert told.owner == "US-InU-Mu"
    assert told.item_id is None
