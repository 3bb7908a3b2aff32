"""The text export of IRBIS64: read in every charset, cut at every byte, run together."""

import io

import pytest

from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.charset import Charset
from controller.catalogue.draft import check
from controller.catalogue.fields import SourceRecord
from controller.catalogue.irbis import parse_field, read_irbis
from controller.catalogue.problems import Code, Problem
from controller.catalogue.records import TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc


def read(data: bytes, charset: Charset = Charset.UTF8) -> list[SourceRecord | Problem]:
    return list(read_irbis(io.BytesIO(data), charset))


def title_of(found: SourceRecord | Problem) -> TitleRecord:
    assert isinstance(found, SourceRecord)
    title, _ = check(draft_rusmarc(found), found)
    assert title is not None
    return title


@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_textbook_when_exported_in_any_charset_is_whole(
    irbis: str, charset: Charset, newline: str
) -> None:
    data = irbis.replace("\n", newline).encode(charset.value)

    textbook = title_of(read(data, charset)[0])

    assert (textbook.title, textbook.author) == ("Алгебра", "Макарычев Ю. Н.")
    assert (textbook.publisher, textbook.place, textbook.year) == ("Просвещение", "Москва", 2021)
    assert (textbook.isbn, textbook.section) == ("9785090877053", "22.1я72")
    assert (textbook.kind, textbook.grade) == (ItemKind.TEXTBOOK, 7)
    assert (textbook.source_key, textbook.author_mark) == ("22.1я72/А 45-100", "А 45")


def test_copies_when_counted_as_a_group_are_not_items(irbis: str) -> None:
    group, single = title_of(read(irbis.encode())[0]).copies

    assert (group.item_id, group.quantity, group.is_item) == (None, 30, False)
    assert (single.item_id, single.inventory_no) == ("20000001001", "1001")
    assert (single.tag_uid, single.price) == ("E004015032410001", 110_000)


def test_volume_when_subfields_are_small_letters_has_its_set_and_states(irbis: str) -> None:
    volume = title_of(read(irbis.encode())[1])

    assert (volume.title, volume.subtitle) == ("Война и мир. Т. 2", "роман")
    assert (volume.author, volume.publisher) == ("Толстой Л. Н.", "Детская литература")
    assert [copy.state for copy in volume.copies] == [ItemState.IN_STOCK, ItemState.LOST]


def test_file_when_it_starts_with_a_byte_order_mark_loses_no_field(irbis: str) -> None:
    first = read(b"\xef\xbb\xbf" + irbis.encode())[0]

    assert isinstance(first, SourceRecord)
    assert first.first("920") == "PAZK"


@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
def test_file_when_cut_at_every_byte_of_its_last_record_lists_exactly_that(
    irbis: str, charset: Charset
) -> None:
    whole, cut = irbis.split("*****\n")[0] + "*****\n", irbis.split("*****\n")[1]
    start, rest = whole.encode(charset.value), cut.encode(charset.value)

    for length in range(1, len(rest)):
        first, *problems = read(start + rest[:length], charset)

        assert isinstance(first, SourceRecord)
        assert [p.code for p in problems if isinstance(p, Problem)] == [Code.RECORD_UNFINISHED]
        assert len(problems) == 1


def test_record_when_its_end_is_lost_and_the_next_runs_into_it_is_left_out(irbis: str) -> None:
    run_together = irbis.replace("*****\n", "", 1) + irbis

    found = read(run_together.encode())

    assert [p.code for p in found if isinstance(p, Problem)] == [Code.RECORD_DAMAGED]
    assert len(found) == 3


def test_record_when_one_letter_is_of_another_charset_is_left_out_alone(irbis: str) -> None:
    data = irbis.encode().replace("Алгебра".encode(), "Алгебра".encode("cp1251"), 1)

    damaged, sound = read(data)

    assert isinstance(damaged, Problem)
    assert (damaged.code, damaged.place.record, damaged.place.line) == (
        Code.RECORD_UNREADABLE,
        1,
        1,
    )
    assert title_of(sound).title == "Война и мир. Т. 2"


def test_line_when_it_has_no_tag_is_joined_and_told() -> None:
    odd, record = read("#200: ^AДве\nстроки\n*****\n".encode())

    assert isinstance(odd, Problem)
    assert (odd.code, odd.place.line) == (Code.LINE_ODD, 2)
    assert title_of(record).title == "Две строки"


def test_record_when_it_never_ends_is_refused_in_bounded_memory() -> None:
    endless = b"#200: ^A" + b"x" * (3 << 20) + b"\n*****\n#200: ^ANext\n*****\n"

    too_long, after = read(endless)

    assert isinstance(too_long, Problem)
    assert too_long.code is Code.RECORD_TOO_LONG
    assert title_of(after).title == "Next"


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        ("1", ItemState.IN_STOCK, Code.LENT_ELSEWHERE),
        ("3", ItemState.DAMAGED, None),
        ("6", ItemState.WITHDRAWN, None),
        ("Z", ItemState.IN_STOCK, Code.STATE_UNKNOWN),
        ("2", None, Code.NOT_ARRIVED),
    ],
)
def test_copy_status_becomes_a_state_and_a_remark(
    status: str, state: ItemState | None, code: Code | None
) -> None:
    record = read(f"#903: k\n#200: ^AT\n#910: ^A{status}^B7\n*****\n".encode())[0]
    assert isinstance(record, SourceRecord)

    title, problems = check(draft_rusmarc(record), record)

    assert title is not None
    assert [copy.state for copy in title.copies] == ([state] if state else [])
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_copy_when_the_barcode_field_holds_a_tag_uid_is_known_by_its_inventory_number() -> None:
    record = read(b"#903: k\n#200: ^AT\n#910: ^A0^B77^HE004015032410001\n*****\n")[0]

    (copy,) = title_of(record).copies

    assert (copy.item_id, copy.tag_uid) == ("77", "E004015032410001")


def test_field_when_a_caret_ends_it_is_harmless() -> None:
    field = parse_field("bare^A1^^B2^")

    assert (field.text, field.subfields) == ("bare", (("a", "1"), ("b", "2")))
