"""ISO 2709: framing that finds every sound record among cut, mis-counted and foreign bytes."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pymarc import MARCReader

from controller.catalogue.charset import Charset
from controller.catalogue.fields import SourceRecord
from controller.catalogue.iso2709 import Frame, frames, read_iso2709
from controller.catalogue.problems import Code, Problem

# One record laid out by hand: leader (length 63, base address 49), directory (001: 4 bytes at 0;
# 200: 9 bytes at 4), "k-1", "1 $aAbc", and the three terminators.
GOLDEN = b"00063nam0 2200049   450 001000400000200000900004\x1ek-1\x1e1 \x1faAbcd\x1e\x1d"


def read(data: bytes, charset: Charset = Charset.UTF8) -> list[SourceRecord | Problem]:
    return list(read_iso2709(io.BytesIO(data), charset))


def codes(found: list[SourceRecord | Problem]) -> list[Code]:
    return [item.code for item in found if isinstance(item, Problem)]


def keys(found: list[SourceRecord | Problem]) -> list[str]:
    return [item.first("001") for item in found if isinstance(item, SourceRecord)]


def test_golden_record_gives_its_fields() -> None:
    (record,) = read(GOLDEN)

    assert isinstance(record, SourceRecord)
    assert (record.number, record.offset) == (1, 0)
    assert (record.first("001"), record.first("200", "a")) == ("k-1", "Abcd")


@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
def test_rusmarc_when_in_any_charset_keeps_its_letters(
    rusmarc: Callable[..., bytes], charset: Charset
) -> None:
    (record,) = read(rusmarc(charset.value), charset)

    assert isinstance(record, SourceRecord)
    assert record.first("200", "a") == "Капитанская дочка"


def test_leader_when_it_says_utf8_does_not_overrule_the_chosen_charset(
    rusmarc: Callable[..., bytes],
) -> None:
    data = bytearray(rusmarc("cp1251"))
    data[9:10] = b"a"

    (record,) = read(bytes(data), Charset.CP1251)

    assert isinstance(record, SourceRecord)
    assert record.first("700", "a") == "Пушкин"


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "cp866"])
def test_file_when_a_record_is_cut_at_every_byte_lists_it_and_reads_the_others(
    rusmarc: Callable[..., bytes], charset: str
) -> None:
    first, middle, last = (rusmarc(charset, number) for number in (1, 2, 3))

    for length in range(1, len(middle)):
        found = read(first + middle[:length] + last, Charset(charset))

        assert keys(found) == ["RU\\SCHOOL\\1", "RU\\SCHOOL\\3"]
        (problem,) = (item for item in found if isinstance(item, Problem))
        assert problem.place.offset == len(first)
        assert problem.place.record == 2
        assert problem.code in (Code.RECORD_DAMAGED, Code.GARBAGE)


def test_file_when_it_ends_inside_a_record_at_every_byte_lists_the_last(
    rusmarc: Callable[..., bytes],
) -> None:
    first, last = rusmarc("cp1251", 1), rusmarc("cp1251", 2)

    for length in range(1, len(last)):
        found = read(first + last[:length], Charset.CP1251)

        assert keys(found) == ["RU\\SCHOOL\\1"]
        assert len(codes(found)) == 1


@pytest.mark.parametrize("stated", [b"00000", b"00062", b"00064", b"99999"])
def test_record_when_its_length_is_wrong_is_read_and_told(stated: bytes) -> None:
    found = read(stated + GOLDEN[5:] + GOLDEN)

    assert codes(found) == [Code.LENGTH_WRONG]
    assert keys(found) == ["k-1", "k-1"]


def test_bytes_between_records_when_foreign_are_told_with_their_place() -> None:
    found = read(GOLDEN + b"<html>error 500</html>" + GOLDEN)

    (problem,) = (item for item in found if isinstance(item, Problem))
    assert (problem.code, problem.place.offset, problem.place.record) == (Code.GARBAGE, 63, 2)
    assert problem.value == "22 bytes"
    assert keys(found) == ["k-1", "k-1"]


def test_bytes_between_records_when_line_ends_are_nobodys_business() -> None:
    found = read(GOLDEN + b"\r\n" + GOLDEN + b"\n\x1a")

    assert codes(found) == []
    assert keys(found) == ["k-1", "k-1"]


def test_garbage_when_larger_than_the_window_is_one_finding() -> None:
    found = read(b"x" * 700_001 + GOLDEN)

    (problem,) = (item for item in found if isinstance(item, Problem))
    assert (problem.code, problem.value) == (Code.GARBAGE, "700001 bytes")
    assert keys(found) == ["k-1"]


@pytest.mark.parametrize(
    ("place", "byte"),
    [
        (12, b"9"),  # base address beyond the record
        (24 + 3, b"9"),  # a field longer than the record
        (24 + 7, b"x"),  # a start that is no number
    ],
)
def test_record_when_its_directory_lies_is_left_out(place: int, byte: bytes) -> None:
    lying = GOLDEN[:place] + byte + GOLDEN[place + 1 :]

    found = read(lying + GOLDEN)

    assert codes(found) == [Code.RECORD_DAMAGED]
    assert keys(found) == ["k-1"]


def test_record_when_it_cannot_be_decoded_is_left_out_with_number_and_offset() -> None:
    broken = GOLDEN.replace(b"Abcd", b"Ab\xffd")

    found = read(GOLDEN + broken + GOLDEN)

    (problem,) = (item for item in found if isinstance(item, Problem))
    assert (problem.code, problem.place.record, problem.place.offset) == (
        Code.RECORD_UNREADABLE,
        2,
        63,
    )
    assert len(keys(found)) == 2


def test_subfield_code_when_a_cyrillic_letter_was_typed_is_understood(
    iso2709: Callable[..., bytes],
) -> None:
    data = iso2709([("001", b"k"), ("200", "1 \x1fаПовесть".encode("cp1251"))])

    (record,) = read(data, Charset.CP1251)

    assert isinstance(record, SourceRecord)
    assert record.first("200", "a") == "Повесть"


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        ("rusmarc-nlr-81-cp1251.iso", Charset.CP1251),
        ("marc21-music-1000.mrc", Charset.MARC8),
    ],
)
def test_fields_of_real_files_are_those_that_pymarc_finds(
    shared_data: Path, name: str, charset: Charset
) -> None:
    data = (shared_data / name).read_bytes()
    encoding = "iso8859-1" if charset is Charset.MARC8 else charset.value
    oracle = MARCReader(data, file_encoding=encoding, hide_utf8_warnings=True)

    found = read(data, charset)

    for ours, theirs in zip(found, oracle, strict=True):
        assert isinstance(ours, SourceRecord)
        assert theirs is not None
        expected: dict[str, list[tuple[str, list[tuple[str, ...]]]]] = {}
        for field in theirs.fields:
            pairs = [tuple(pair) for pair in field.subfields]
            expected.setdefault(field.tag, []).append((field.data or "", pairs))
        assert expected == {
            tag: [(field.text, list(field.subfields)) for field in ours.each(tag)]
            for tag in ours.texts
        }


def test_frames_when_the_file_is_long_hold_one_record_at_a_time() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting(GOLDEN * 50_000)

    first = next(frames(stream))

    assert isinstance(first, Frame)
    assert stream.taken <= 600_000
