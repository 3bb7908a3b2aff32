"""The sheet for signatures («ведомость») of a class, and the leaver's slip («обходной лист»)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.platypus import Flowable

from circulation.textbooks import Purpose, year_words
from controller.patrons.wire import Debt
from controller.printing.fonts import BOLD
from controller.printing.papers import (
    HALF,
    LANDSCAPE,
    SMALL,
    TITLE,
    gap,
    make_paper,
    new_page,
    rule,
    table,
    text,
    to_sign,
)
from controller.textbooks.rows import ClassRoom, Person, TitleWords

_TITLES = {
    Purpose.ISSUE: "Ведомость выдачи учебников",
    Purpose.COLLECT: "Ведомость приёма учебников",
}
_NUMBER_MM, _NAME_MM, _TOTAL_MM, _SIGN_MM, _ROW_MM = 9.0, 62.0, 14.0, 38.0, 7.0
_WIDE_MM = 269.0  # A4 across, without its margins
_NOT_HIS = "—"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the sheet counts; the paper and the tests read the same figures."""

    titles: tuple[int, ...]
    rows: tuple[tuple[Person, tuple[str, ...], int], ...]  # pupil, a word per title, in all
    totals: tuple[int, ...]

    @property
    def total(self) -> int:
        """Copies in all."""
        return sum(self.totals)


def count_sheet(room: ClassRoom) -> Sheet:
    """Per pupil and title how many are with him: '1', '1/2' of two, '0/1' of one, '—' not his."""
    shared = [line.title_id for line in room.lines]
    kept = [title for pupil in room.pupils for title in room.held.get(pupil.id, {})]
    titles = tuple(dict.fromkeys([*shared, *kept]))
    rows = tuple(_row(room, pupil, titles) for pupil in room.pupils)
    held = [room.held.get(pupil.id, {}) for pupil in room.pupils]
    totals = tuple(sum(one.get(title, 0) for one in held) for title in titles)
    return Sheet(titles, rows, totals)


def class_sheet(
    room: ClassRoom, titles: Mapping[int, TitleWords], purpose: Purpose, library: str, day: date
) -> bytes:
    """The PDF of a class's sheet on that day."""
    sheet = count_sheet(room)
    name = f"{_TITLES[purpose]}, {room.name}, {year_words(room.year)} учебный год"
    teacher = room.teacher.full_name if room.teacher else "____________________"
    story: list[Flowable] = [
        text(name, TITLE),
        text(f"{library}. Классный руководитель: {teacher}. На {day:%d.%m.%Y}"),
        gap(3),
        _grid(sheet, purpose),
        gap(3),
        *_legend(sheet, titles),
        gap(5),
        to_sign("Классный руководитель", "Библиотекарь"),
    ]
    return make_paper(name, story, LANDSCAPE, f"{_TITLES[purpose]} · {room.name}")


def clearance_slips(
    people: Sequence[tuple[Person, str, Sequence[Debt]]], library: str, day: date
) -> bytes:
    """A page for each (person, class, what is still with him)."""
    story: list[Flowable] = []
    for place, (person, class_name, debts) in enumerate(people):
        story += [new_page()] if place else []
        story += _slip(person, class_name, debts, library, day)
    return make_paper("Обходной лист", story, HALF, f"{library} · {day:%d.%m.%Y}")


def _row(
    room: ClassRoom, pupil: Person, titles: Sequence[int]
) -> tuple[Person, tuple[str, ...], int]:
    wanted, held = room.wanted(pupil.id), room.held.get(pupil.id, {})
    words = tuple(_word(wanted.get(title, 0), held.get(title, 0)) for title in titles)
    return pupil, words, sum(held.values())


def _word(wanted: int, held: int) -> str:
    if not wanted and not held:
        return _NOT_HIS
    return str(held) if held >= wanted else f"{held}/{wanted}"


def _grid(sheet: Sheet, purpose: Purpose) -> Flowable:
    free = _WIDE_MM - _NUMBER_MM - _NAME_MM - _TOTAL_MM - _SIGN_MM
    column = min(12.0, free / max(1, len(sheet.titles)))
    said = "Выдано" if purpose is Purpose.ISSUE else "У него"
    numbers = [str(number) for number in range(1, len(sheet.titles) + 1)]
    rows: list[list[str | Flowable]] = [["№", "Фамилия, имя", *numbers, said, "Подпись"]]
    for number, (pupil, words, count) in enumerate(sheet.rows, start=1):
        rows.append([str(number), text(pupil.full_name, SMALL), *words, str(count), ""])
    rows.append(["", "Всего", *[str(total) for total in sheet.totals], str(sheet.total), ""])
    widths = [_NUMBER_MM, _NAME_MM, *[column] * len(sheet.titles), _TOTAL_MM, _SIGN_MM]
    centred = ("ALIGN", (2, 0), (-2, -1), "CENTER")
    return table(rows, widths, row_mm=_ROW_MM, more=[centred, ("FONT", (0, -1), (-1, -1), BOLD, 9)])


def _legend(sheet: Sheet, titles: Mapping[int, TitleWords]) -> list[Flowable]:
    known = (titles[title_id] for title_id in sheet.titles)
    return [
        text(f"{number}. {' '.join(part for part in (title.author, title.title) if part)}", SMALL)
        for number, title in enumerate(known, start=1)
    ]


def _slip(
    person: Person, class_name: str, debts: Sequence[Debt], library: str, day: date
) -> list[Flowable]:
    whose = f"{person.full_name}, {class_name}" if class_name else person.full_name
    head = [text("Обходной лист", TITLE), text(library), gap(3), text(whose, TITLE), gap(3)]
    if not debts:
        return [*head, text("Книг и учебников за читателем нет."), *_signed()]
    rows: list[list[str | Flowable]] = [["Книга", "Номер", "Срок", "Цена"]]
    rows += [
        [
            text(" ".join(part for part in (debt.author, debt.title) if part), SMALL),
            debt.inventory_no or debt.item_id,
            f"{debt.due:%d.%m.%Y}",
            rubles(debt.price),
        ]
        for debt in debts
    ]
    said = text(f"За читателем числится на {day:%d.%m.%Y}: {len(debts)}")
    return [*head, said, gap(2), table(rows, [62, 22, 20, 16]), *_signed()]


def rubles(kopecks: int | None) -> str:
    """'1 234,50' or nothing where the price is not known."""
    if kopecks is None:
        return ""
    whole, rest = divmod(kopecks, 100)
    return f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{rest:02d}"


def _signed() -> list[Flowable]:
    return [gap(8), rule(), gap(4), to_sign("Библиотекарь"), gap(3), text("Дата ______________")]
