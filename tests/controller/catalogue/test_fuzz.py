"""No bytes make a reader raise, loop or invent: every outcome is a record or a problem."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.catalogue.charset import Charset, guess, sample
from controller.catalogue.draft import check
from controller.catalogue.fields import SourceRecord
from controller.catalogue.irbis import read_irbis
from controller.catalogue.iso2709 import read_iso2709
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.preview import preview
from controller.catalogue.problems import Problem
from controller.catalogue.records import TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc
from controller.catalogue.source import Kind

BIT_OF_A_FILE = st.sampled_from(
    [
        b"#200: ^A",
        b"#910: ^A0^B1^T",
        b"\n*****\n",
        b"\n",
        b"^",
        b"00063nam0 2200049   450 ",
        b"001000400000200000900004\x1e",
        b"k-1\x1e1 \x1faAbcd\x1e\x1d",
        b"\x1f",
        b"\x1e",
        b"\x1d",
        "Пушкин".encode(),
        "Пушкин".encode("cp866"),
        b"\xff",
        b"22",
        b"45",
    ]
)
FILES = st.lists(st.one_of(BIT_OF_A_FILE, st.binary(max_size=12)), max_size=40).map(b"".join)
QUICK = settings(max_examples=150, deadline=None)


def settle(found: SourceRecord | Problem) -> None:
    if isinstance(found, SourceRecord):
        for draft in (draft_rusmarc, draft_marc21):
            title, _ = check(draft(found), found)
            assert title is None or (isinstance(title, TitleRecord) and title.title)


@QUICK
@given(data=FILES, charset=st.sampled_from(Charset))
@pytest.mark.parametrize("read", [read_irbis, read_iso2709])
def test_reader_when_given_anything_ends_with_records_and_problems(
    read: Callable[..., object], data: bytes, charset: Charset
) -> None:
    if read is read_irbis and charset is Charset.MARC8:
        charset = Charset.CP1251
    reader = read_irbis if read is read_irbis else read_iso2709

    found = list(reader(io.BytesIO(data), charset))

    assert len(found) <= 2 * len(data) + 1
    for item in found:
        settle(item)


@QUICK
@given(data=st.data())
def test_iso2709_when_one_byte_of_three_records_is_changed_keeps_the_other_two(
    data: st.DataObject,
) -> None:
    record = b"00063nam0 2200049   450 001000400000200000900004\x1ek-1\x1e1 \x1faAbcd\x1e\x1d"
    file = bytearray(record * 3)
    place = data.draw(st.integers(63, 125))
    file[place] = data.draw(st.integers(0, 255))

    found = list(read_iso2709(io.BytesIO(bytes(file)), Charset.UTF8))

    sound = [item for item in found if isinstance(item, SourceRecord) and "k-1" in str(item)]
    assert len(sound) >= 2


@QUICK
@given(data=st.binary(max_size=400))
def test_guess_when_given_anything_answers(data: bytes) -> None:
    found = guess(sample(io.BytesIO(data)), marc8_possible=True)

    assert found.charset is None or found.charset in Charset


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.one_of(FILES, st.text(max_size=200).map(str.encode), st.binary(max_size=200)),
    kind=st.sampled_from(Kind),
    header=st.sampled_from([b"", "Класс;ФИО;UID\n".encode(), b"PK\x03\x04"]),
)
def test_preview_when_given_anything_answers(
    tmp_path: Path, data: bytes, kind: Kind, header: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(header + data)

    seen = preview(file, kind=kind)

    assert seen.usable or seen.problems
