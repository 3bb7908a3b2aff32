"""What is written: once, in batches, again without doubles, and never against the ledger."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from circulation.ids import Isil
from circulation.loan import ItemState
from controller.catalogue.apply import ImportResult, NotUsable, apply
from controller.catalogue.preview import preview
from controller.catalogue.problems import Code
from controller.patrons.tables import CardNumber
from controller.tables import Card, Device, DeviceKind, Event, Item, Library, Loan, Patron, Title

OWNER = Isil("RU-10010033")
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

Import = Callable[[str], ImportResult]


@pytest.fixture
def import_text(tmp_path: Path, engine: Engine) -> Import:
    def run(text: str) -> ImportResult:
        file = tmp_path / "export"
        file.write_text(text, encoding="utf-8")
        return apply(preview(file), engine, owner=OWNER, now=NOW)

    return run


def counts(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        tables = (Title, Item, Patron, Card, Library)
        return tuple(session.exec(select(func.count()).select_from(t)).one() for t in tables)


def test_catalogue_when_imported_is_in_the_ledger(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    result = import_text(irbis)

    assert (result.titles_new, result.items_new) == (2, 3)
    assert [problem.code for problem in result.problems] == [Code.NO_NUMBER]
    with Session(engine) as session:
        item = session.exec(select(Item).where(Item.item_id == "20000001001")).one()
        title = session.get_one(Title, item.title_id)
        assert (item.owner, item.tag_uid, item.price) == (OWNER, "E004015032410001", 110_000)
        assert (title.title, title.grade, title.source) == ("Алгебра", 7, f"irbis:{OWNER}")
        lost = session.exec(select(Item).where(Item.item_id == "20000002002")).one()
        assert lost.state is ItemState.LOST


def test_catalogue_when_imported_twice_is_the_same(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    import_text(irbis)
    before = counts(engine)

    again = import_text(irbis)

    assert counts(engine) == before
    assert (again.titles_new, again.titles_updated) == (0, 2)
    assert (again.items_new, again.items_updated) == (0, 3)


def test_catalogue_when_corrected_is_updated(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    import_text(irbis)

    import_text(irbis.replace("Алгебра", "Алгебра и начала анализа"))

    with Session(engine) as session:
        titles = session.exec(select(Title.title)).all()
        assert sorted(titles) == ["Алгебра и начала анализа", "Война и мир. Т. 2"]


def test_copy_when_on_loan_stays_on_loan(import_text: Import, engine: Engine, irbis: str) -> None:
    import_text(irbis)
    with Session(engine) as session:
        item = session.exec(select(Item).where(Item.item_id == "20000002001")).one()
        item.state = ItemState.ON_LOAN
        device = Device(library=OWNER, name="kiosk-1", kind=DeviceKind.KIOSK)
        session.add_all([item, device, Patron(id="p1", family_name="Иванов")])
        session.flush()
        assert item.id is not None
        assert device.id is not None
        loan = Loan(
            item_id=item.id,
            patron_id="p1",
            lent_at=NOW,
            due=date(2026, 9, 15),
            policy_version="1",
            device_id=device.id,
        )
        session.add(loan)
        session.commit()

    import_text(irbis.replace("^a0^b2001", "^a6^b2001"))

    with Session(engine) as session:
        item = session.exec(select(Item).where(Item.item_id == "20000002001")).one()
        assert item.state is ItemState.ON_LOAN
        assert session.exec(select(Loan.returned_at)).one() is None


def test_copy_when_found_again_is_not_lost_by_an_old_file_that_says_available(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    import_text(irbis)

    import_text(irbis.replace("^a4^b2002", "^a0^b2002").replace("^a0^b2001", "^a6^b2001"))

    with Session(engine) as session:
        states = dict(session.exec(select(Item.item_id, Item.state)).all())
        assert states["20000002002"] is ItemState.LOST
        assert states["20000002001"] is ItemState.WITHDRAWN


def test_tag_when_the_station_wrote_another_is_kept(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    import_text(irbis)

    again = import_text(irbis.replace("E004015032410001", "E004015032419999"))

    assert Code.TAG_KEPT in [problem.code for problem in again.problems]
    with Session(engine) as session:
        item = session.exec(select(Item).where(Item.item_id == "20000001001")).one()
        assert item.tag_uid == "E004015032410001"


def test_tag_when_another_copy_has_it_is_a_problem_and_not_moved(
    import_text: Import, engine: Engine, irbis: str
) -> None:
    import_text(irbis)

    other = import_text("#903: x\n#200: ^AДругая\n#910: ^A0^B9^TE004015032410001\n*****\n")

    (problem,) = other.problems
    assert (problem.code, other.items_new) == (Code.SAME_TAG, 1)
    assert "20000001001" in problem.value
    with Session(engine) as session:
        assert session.exec(select(Item.tag_uid).where(Item.item_id == "9")).one() is None


def test_keys_when_two_libraries_share_them_stay_apart(
    tmp_path: Path, engine: Engine, irbis: str
) -> None:
    file = tmp_path / "export"
    file.write_text(irbis.replace("^T", "^!").replace("^t", "^!"), encoding="utf-8")

    for owner in ("RU-10010033", "RU-10010034"):
        apply(preview(file), engine, owner=Isil(owner), now=NOW)

    assert counts(engine) == (4, 6, 0, 0, 2)


def test_log_holds_counts_and_no_names(import_text: Import, engine: Engine) -> None:
    import_text("Класс;ФИО;UID\n5А;Иванов Пётр;04A1B2C3\n")

    with Session(engine) as session:
        event = session.exec(select(Event)).one()
        assert event.at == NOW
        assert json.loads(event.detail) == {"format": "roster", "patrons_new": 1, "cards_new": 1}


def test_file_when_changed_after_the_preview_is_not_written(
    tmp_path: Path, engine: Engine, irbis: str
) -> None:
    file = tmp_path / "export"
    file.write_text(irbis, encoding="utf-8")
    seen = preview(file)
    file.write_text(irbis + irbis, encoding="utf-8")

    with pytest.raises(NotUsable) as refused:
        apply(seen, engine, owner=OWNER, now=NOW)

    assert refused.value.code is Code.FILE_CHANGED
    assert counts(engine) == (0, 0, 0, 0, 0)


def test_file_when_unusable_writes_nothing(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "export"
    file.write_bytes("Класс;ФИО\n5А;Иванов Пётр\n".encode("koi8-r")[:20])

    with pytest.raises(NotUsable):
        apply(preview(file), engine, owner=OWNER, now=NOW)

    assert counts(engine) == (0, 0, 0, 0, 0)


ROSTER = """\
Класс;Фамилия;Имя;Номер билета;UID
5А;Иванов;Пётр;1;04A1B2C3
5А;Иванов;Пётр;2;
5А;Сидорова;Анна;3;04A1B2C4
6Б;Орлов;Олег;4;
"""


def test_roster_when_imported_twice_is_the_same(import_text: Import, engine: Engine) -> None:
    import_text(ROSTER)
    before = counts(engine)

    again = import_text(ROSTER)

    assert before == counts(engine) == (0, 0, 4, 2, 1)
    assert (again.patrons_new, again.patrons_updated, again.cards_new) == (0, 4, 0)


def test_roster_when_the_year_has_turned_moves_pupils_up(
    import_text: Import, engine: Engine
) -> None:
    import_text(ROSTER)

    import_text(ROSTER.replace("6Б;", "7Б;").replace("5А;Сидорова", "5Б;Сидорова"))

    assert counts(engine)[2] == 4
    with Session(engine) as session:
        classes = dict(session.exec(select(Patron.family_name, Patron.class_name)).all())
        assert (classes["Орлов"], classes["Сидорова"]) == ("7Б", "5Б")


def test_card_when_it_is_somebody_elses_in_the_ledger_is_not_given_away(
    import_text: Import, engine: Engine
) -> None:
    import_text(ROSTER)

    result = import_text("Класс;ФИО;UID\n5А;Чужой Человек;04A1B2C4\n5А;Новая Вера;04A1B2C5\n")

    assert [(p.code, p.place.line) for p in result.problems] == [(Code.SAME_CARD, 2)]
    assert (result.patrons_new, counts(engine)[2]) == (1, 5)


NAMESAKES = """\
Класс;Фамилия;Имя;Номер билета;UID
5А;Иванов;Пётр;1;04A1B2C3
5А;Иванов;Пётр;2;
"""


def test_namesakes_are_found_again_by_card_and_by_number(
    import_text: Import, engine: Engine
) -> None:
    import_text(NAMESAKES)

    again = import_text(NAMESAKES.replace("5А", "6А"))

    assert (again.patrons_new, again.patrons_updated, counts(engine)[2]) == (0, 2, 2)
    with Session(engine) as session:
        owners = dict(session.exec(select(CardNumber.number, CardNumber.patron_id)).all())
        card = session.exec(select(Card.patron_id)).one()
        assert (owners["1"], owners["1"] == owners["2"]) == (card, False)


def test_line_that_may_mean_either_of_two_namesakes_gives_nobody_a_card(
    import_text: Import, engine: Engine
) -> None:
    import_text(NAMESAKES)

    result = import_text("Класс;ФИО;UID\n6А;Иванов Пётр;04A1B2C9\n6А;Новая Вера;04A1B2C5\n")

    assert [(p.code, p.place.line) for p in result.problems] == [(Code.SAME_PUPIL, 2)]
    with Session(engine) as session:
        assert sorted(session.exec(select(Card.uid)).all()) == ["04A1B2C3", "04A1B2C5"]


def test_card_and_number_of_one_pupil_are_not_two(import_text: Import, engine: Engine) -> None:
    import_text("Класс;Фамилия;Имя;Номер билета;UID\n5А;Иванов;Пётр;1;04A1B2C3\n")

    result = import_text(NAMESAKES.replace(";1;", ";;").replace(";2;", ";1;"))

    assert [p.code for p in result.problems if p.place.line == 3][-1:] == [Code.SAME_PUPIL]
    assert counts(engine)[2] == 1


def test_school_of_32178_copies_is_written_whole(import_text: Import, engine: Engine) -> None:
    per_title = 82
    records = []
    for title in range(393):
        copies = range(title * per_title, min((title + 1) * per_title, 32_178))
        lines = "\n".join(f"#910: ^A0^B{n}^H{30_000_000 + n}^DАбонемент" for n in copies)
        records.append(f"#903: k{title}\n#200: ^AКнига {title}\n{lines}\n*****\n")

    result = import_text("".join(records))

    assert (result.titles_new, result.items_new) == (393, 32_178)
    assert counts(engine)[1] == 32_178
