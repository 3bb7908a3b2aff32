"""Every tag of the shared golden data is read as expected; skipped where there are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from circulation.tags.basic_block import crc16
from circulation.tags.codec import decode
from circulation.tags.compaction import Compaction, compact, expand
from circulation.tags.element_names import lay_content_parameter, listed_oids
from circulation.tags.elements import lay_length, read_length
from circulation.tags.isil_scheme import compact_isil, expand_isil
from circulation.tags.iso28560_4 import expand_code40
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


COMPACTIONS = {
    "integer": Compaction.INTEGER,
    "numeric": Compaction.NUMERIC,
    "five_bit": Compaction.FIVE_BIT,
    "six_bit": Compaction.SIX_BIT,
    "seven_bit": Compaction.SEVEN_BIT,
}
LATCH_FORM = "1B81E120104AC1832267"  # read, and written shorter in words of its own: by a shift


def parts_of_28560_2() -> Any:
    path = VECTORS / "iso28560_2.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def test_every_compaction_both_ways() -> None:
    compaction = parts_of_28560_2()["compaction"]

    assert set(compaction) == {*COMPACTIONS, "isil"}
    for name, code in COMPACTIONS.items():
        for row in compaction[name]:
            data = bytes.fromhex(row["hex"])
            assert (expand(data, code), compact(row["text"], code)) == (row["text"], data), row
    for row in compaction["isil"]:
        data = bytes.fromhex(row["hex"])
        assert expand_isil(data) == row["text"], row
        assert compact_isil(row["text"]) == data or row["hex"] == LATCH_FORM, row


def test_every_length_both_ways() -> None:
    for row in parts_of_28560_2()["length_field"]["vectors"]:
        field = bytes.fromhex(row["hex"])
        assert lay_length(row["length"]) == field
        assert read_length(field + b"x", 0) == (row["length"], len(field))


def test_every_content_parameter_both_ways() -> None:
    for row in parts_of_28560_2()["content_parameter"]:
        assert list(listed_oids(bytes.fromhex(row["hex"]))) == row["oids"]
        assert lay_content_parameter(row["oids"]).hex().upper() == row["hex"]


def test_every_checksum_of_28560_3() -> None:
    data = json.loads((VECTORS / "iso28560_3.json").read_text(encoding="utf-8"))

    for row in data["crc_vectors"]:
        covered = bytes.fromhex(row.get("input_hex", "")) or row.get("input_ascii", "").encode()
        assert f"{crc16(covered):04X}" == row["crc"]


def test_every_name_in_urn_code_40() -> None:
    data = json.loads((VECTORS / "iso28560_4.json").read_text(encoding="utf-8"))

    for row in (*data["urn_code40"], data["long_numeric"], data["uii_mixed"]):
        assert expand_code40(bytes.fromhex(row["hex"])) == row["text"]


def test_every_part_of_the_golden_data_is_looked_at() -> None:
    told = {
        name: {key for key, value in json.loads((VECTORS / name).read_text()).items() if value}
        - {"standard", "source", "verified"}
        for name in ("iso28560_2.json", "iso28560_3.json", "iso28560_4.json", "legacy_3m.json")
    }

    assert told == {
        "iso28560_2.json": {
            "vectors",
            "negative",
            "compaction",
            "length_field",
            "content_parameter",
        },
        "iso28560_3.json": {"crc", "crc_vectors", "vectors", "edge_and_negative"},
        "iso28560_4.json": {"urn_code40", "long_numeric", "uii_mixed", "epc_bank", "user_bank"},
        "legacy_3m.json": {"vectors"},
    }
