"""The copies add up, and no two share a number, a barcode or a tag."""

from collections import Counter

from stdnum import ean

from circulation.ids import MAX_ITEM_ID_BYTES, parse_isil, parse_item_id, parse_tag_uid
from hw_sim.library.pupils import pupils
from hw_sim.library.stock import OWNER, Place, barcode, copies, copies_by_title
from hw_sim.library.titles import Kind, load_titles


def test_the_stock_is_32178_copies_in_three_parts() -> None:
    stock = Counter(copy.title.kind for copy in copies())

    assert stock == {Kind.BOOK: 12_955, Kind.TEXTBOOK: 19_199, Kind.PERIODICAL: 24}
    assert stock.total() == 32_178


def test_no_two_copies_share_an_identity() -> None:
    stock = copies()

    assert len({copy.item for copy in stock}) == len(stock)
    assert len({copy.inventory for copy in stock}) == len(stock)
    assert len({copy.uid for copy in stock}) == len(stock)


def test_barcodes_fit_on_a_tag_and_check() -> None:
    barcodes = [copy.item for copy in copies()]

    assert all(ean.is_valid(code) and parse_item_id(code) == code for code in barcodes)
    assert max(len(code.encode()) for code in barcodes) <= MAX_ITEM_ID_BYTES


def test_a_barcode_worked_out_by_hand() -> None:
    # 2 1 0 0 0 1 0 0 0 0 0 1: odd places 2+0+0+0+0+0 = 2, even places (1+0+1+0+0+1) * 3 = 9
    assert barcode(Kind.BOOK, 1) == "2100010000019"


def test_tags_are_icode_and_the_owner_is_an_isil() -> None:
    uids = [copy.uid for copy in copies()]

    assert all(parse_tag_uid(uid) == uid and uid.startswith("E00401") for uid in uids)
    assert parse_isil(OWNER) == OWNER


def test_textbooks_stand_apart_and_a_rare_dictionary_stays_in_the_reading_room() -> None:
    places = {(copy.title.kind, copy.place) for copy in copies()}
    (rare,) = [copy for copy in copies() if copy.title.isbn == "5-85270-031-2"][:1]

    assert places == {
        (Kind.BOOK, Place.LENDING),
        (Kind.BOOK, Place.READING_ROOM),
        (Kind.TEXTBOOK, Place.TEXTBOOKS),
        (Kind.PERIODICAL, Place.READING_ROOM),
    }
    assert rare.place is Place.READING_ROOM


def test_of_many_copies_one_stays_and_the_rest_are_lent() -> None:
    (novel,) = [title for title in load_titles() if title.name == "Капитанская дочка"]

    places = Counter(copy.place for copy in copies_by_title(copies())[novel.key])

    assert places[Place.READING_ROOM] == 1
    assert places[Place.LENDING] == novel.copies - 1


def test_main_textbooks_are_enough_for_their_grade() -> None:
    in_grade = Counter(pupil.school_class[:-1] for pupil in pupils())
    algebra = [t for t in load_titles() if t.name.startswith("Математика. Алгебра. ")]

    assert {t.grades for t in algebra} == {"7", "8", "9"}
    assert all(title.copies >= in_grade[title.grades] for title in algebra)


def test_the_same_seed_gives_the_same_tags_and_another_seed_others() -> None:
    again, other = copies(), copies(seed=7)

    assert again == copies()
    assert [copy.item for copy in other] == [copy.item for copy in again]
    assert [copy.uid for copy in other] != [copy.uid for copy in again]
