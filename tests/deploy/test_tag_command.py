"""`polka tag`: what a person and a program get to see, and the exit codes."""

import json

import pytest
from typer.testing import CliRunner

from circulation.tags.item_tag import TagProblem
from deploy.commands.tag import EXPLANATIONS, app

# ISO 28560-3 annex B.1
B1 = "1101013130303030303030353600000000000098A4444B373138353030000000"

run = CliRunner()


@pytest.mark.parametrize(
    "spelling", [[B1], [B1.lower()], [" ".join(B1[:8]), B1[8:]], [":".join((B1[:2], B1[2:]))]]
)
def test_sound_tag_is_one_json_object_and_exit_code_0(spelling: list[str]) -> None:
    result = run.invoke(app, ["decode", *spelling, "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "layout": "28560-3",
        "item_id": "1000000056",
        "owner": "DK-718500",
        "owner_is_isil": True,
        "parts": 1,
        "part": 1,
        "usage": "circulating",
        "title": None,
        "problems": [],
        "needs_reencoding": False,
        "extras": [],
    }


@pytest.mark.parametrize(
    ("digits", "item_id", "problem"),
    [
        (B1.replace("3536", "3537"), None, "crc_mismatch"),
        ("00" * 32, None, "blank"),
        ("3101011130303030353030300000003698000000374B44A43035383100000030", "1000000056", None),
    ],
)
def test_tag_with_problems_says_them_with_exit_code_1(
    digits: str, item_id: str | None, problem: str | None
) -> None:
    result = run.invoke(app, ["decode", digits, "--json"])

    record = json.loads(result.stdout)
    assert result.exit_code == 1
    assert record["item_id"] == item_id
    assert record["problems"] == [problem or "reversed_blocks"]
    assert record["needs_reencoding"] is (item_id is not None)


def test_dsfid_is_read_as_hex() -> None:
    broken = "2103060007800A"

    told = json.loads(run.invoke(app, ["decode", broken, "--dsfid", "0x3E", "--json"]).stdout)

    assert told["layout"] == "28560-3"


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["decode", "11 0g"], "not hex"),
        (["decode", "110"], "missing digit"),
        (["decode", " "], "no bytes"),
        (["decode", B1, "--dsfid", "3E0"], "give e.g. 3E"),
        (["encode", "--item", "1", "--owner", "718500"], "not an ISIL"),
        (["encode", "--item", "x" * 17, "--owner", "RU-1"], "longer than 16 bytes"),
        (["encode", "--item", "1", "--owner", "RU-1", "--part", "2"], "between 1"),
        (["encode", "--item", "1", "--owner", "RU-1", "--size", "32", "--title", "Мы"], "without"),
        (["encode", "--item", "1", "--owner", "RU-1", "--size", "8"], "32 or more"),
        (["encode", "--item", "1", "--owner", "RU-1", "--layout", "3m"], "--layout"),
        (["encode", "--item", "1"], "--owner"),
    ],
)
def test_unusable_input_is_said_on_stderr_with_exit_code_2(
    arguments: list[str], advice: str
) -> None:
    result = run.invoke(app, arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert advice in result.stderr


def test_people_read_words() -> None:
    result = run.invoke(app, ["decode", B1])

    assert result.stdout.splitlines() == [
        "layout   28560-3",
        "item     1000000056",
        "owner    DK-718500",
        "part     1 of 1",
        "usage    circulating",
        "sound",
    ]


def test_people_read_what_to_do_about_a_problem() -> None:
    result = run.invoke(app, ["decode", "00" * 32])

    assert "none that can be trusted" in result.stdout
    assert "blank: the tag is empty: write it" in result.stdout


def test_people_see_extras_and_an_owner_that_is_no_isil() -> None:
    # a real tag of a Chinese library
    digits = "C102071100B0C30C30CA00000203A80008830203D6593F0000250110370210405F080599A713063F"

    result = run.invoke(app, ["decode", digits])

    assert "owner    ZYLS (not an ISIL)" in result.stdout
    assert "extra    7: onix_media_format BA" in result.stdout
    assert "extra    23: alternative_owner_institution Lib01" in result.stdout


def test_every_problem_has_an_explanation() -> None:
    assert set(EXPLANATIONS) == set(TagProblem)


def test_encode_prints_the_memory_in_upper_hex() -> None:
    result = run.invoke(
        app, ["encode", "--item", "1000000056", "--owner", "DK-718500", "--size", "32"]
    )

    assert (result.exit_code, result.stdout) == (0, B1 + "\n")


@pytest.mark.parametrize(("layout", "dsfid"), [("28560-3", "3E"), ("28560-2", "06")])
def test_what_encode_prints_decode_reads(layout: str, dsfid: str) -> None:
    options = "--item Ж-17 --owner RU-10010033 --parts 3 --part 2 --title Мы --usage discarded"

    written = run.invoke(app, ["encode", *options.split(), "--layout", layout, "--json"])
    record = json.loads(written.stdout)
    read = json.loads(run.invoke(app, ["decode", record["hex"], "--json"]).stdout)

    assert (record["layout"], record["dsfid"], record["size"]) == (layout, dsfid, 112)
    assert len(record["hex"]) == 224
    assert (read["item_id"], read["owner"], read["title"]) == ("Ж-17", "RU-10010033", "Мы")
    assert (read["parts"], read["part"], read["usage"]) == (3, 2, "discarded")


def test_long_title_is_cut_when_told_to() -> None:
    options = ["--item", "1", "--owner", "RU-1", "--title", "Ж" * 60, "--long-title", "cut"]

    memory = run.invoke(app, ["encode", *options]).stdout.strip()

    title = json.loads(run.invoke(app, ["decode", memory, "--json"]).stdout)["title"]
    assert title == "Ж" * 36
