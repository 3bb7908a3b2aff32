"""What a problem is called in Russian and in English; every sentence says what to do."""

from controller.catalogue.problems import Code, Place, Problem

_TEXTS: dict[Code, tuple[str, str]] = {
    Code.FILE_MISSING: (
        "файл не открывается: проверьте имя и права",
        "the file cannot be opened: check its name and rights",
    ),
    Code.FILE_EMPTY: ("файл пуст: выгрузите его ещё раз", "the file is empty: export it again"),
    Code.FILE_CHANGED: (
        "файл изменился после проверки: проверьте его ещё раз",
        "the file changed after the preview: preview it again",
    ),
    Code.FILE_BROKEN: (
        "файл повреждён: сохраните его заново",
        "the file is broken: save it again",
    ),
    Code.XML_FORBIDDEN: (
        "в XML есть DOCTYPE или сущности, чтение прервано: выгрузите файл без них",
        "the XML has a DOCTYPE or entities and was not read on: export it without them",
    ),
    Code.FORMAT_UNKNOWN: (
        "формат не узнан: нужен текст ИРБИС64, ISO 2709, MARCXML, CSV или XLSX (--kind)",
        "unknown format: IRBIS64 text, ISO 2709, MARCXML, CSV or XLSX is needed (--kind)",
    ),
    Code.CHARSET_UNKNOWN: (
        "кодировка не узнана: укажите её (--charset utf-8, cp1251 или cp866)",
        "unknown charset: name it (--charset utf-8, cp1251 or cp866)",
    ),
    Code.CHARSET_WRONG: (
        "в этой кодировке файл не читается: укажите другую (--charset)",
        "the file makes no sense in this charset: choose another (--charset)",
    ),
    Code.CHARSET_UNSURE: (
        "кодировка выбрана неуверенно: посмотрите на первые записи",
        "the charset is a close call: look at the first records",
    ),
    Code.RECORD_DAMAGED: (
        "запись обрезана или повреждена и пропущена: выгрузите её ещё раз",
        "the record is cut or damaged and left out: export it again",
    ),
    Code.LENGTH_WRONG: (
        "длина записи указана неверно, запись прочитана",
        "the record states a wrong length; it was read all the same",
    ),
    Code.GARBAGE: (
        "посторонние байты перед записью пропущены: проверьте соседние записи",
        "foreign bytes before the record were skipped: check its neighbours",
    ),
    Code.RECORD_UNREADABLE: (
        "запись не читается в этой кодировке и пропущена: проверьте её в исходной программе",
        "the record cannot be read in this charset and is left out: check it where it came from",
    ),
    Code.RECORD_TOO_LONG: (
        "запись слишком длинна и пропущена: проверьте её",
        "the record is too long and left out: check it",
    ),
    Code.LINE_ODD: (
        "строка без метки поля присоединена к предыдущему полю",
        "a line without a field tag was joined to the field before",
    ),
    Code.RECORD_UNFINISHED: (
        "файл кончается посреди записи, она пропущена: выгрузите файл ещё раз",
        "the file ends inside this record, which is left out: export the file again",
    ),
    Code.TITLE_MISSING: (
        "нет заглавия, запись пропущена: допишите его в исходной программе",
        "no title, the record is left out: add one where it came from",
    ),
    Code.KEY_MISSING: (
        "нет номера записи: при изменении заглавия она будет загружена заново",
        "no record key: if its title changes it will be imported as a new one",
    ),
    Code.SAME_KEY: (
        "номер записи уже встречался в файле: записи загружены отдельно, проверьте их",
        "the record key occurs twice: both were kept apart, check them",
    ),
    Code.ISBN_WRONG: (
        "неверный ISBN не сохранён: сверьте с книгой",
        "a wrong ISBN was not stored: compare it with the book",
    ),
    Code.ITEM_ID_WRONG: (
        "номер экземпляра не годится, экземпляр пропущен: до 16 байт, без управляющих знаков",
        "the copy's number cannot be used and the copy is left out: 16 bytes at most, no controls",
    ),
    Code.SAME_ITEM: (
        "номер экземпляра уже занят в файле, второй пропущен: проверьте оба",
        "the copy's number occurs twice, the second is left out: check both",
    ),
    Code.TAG_UID_WRONG: (
        "неверный UID метки не сохранён: приложите книгу к станции",
        "a wrong tag UID was not stored: read the book at the station",
    ),
    Code.SAME_TAG: (
        "метка принадлежит другому экземпляру и не сохранена: приложите обе книги к станции",
        "the tag belongs to another copy and was not stored: read both books at the station",
    ),
    Code.TAG_KEPT: (
        "у экземпляра уже есть другая метка, она оставлена",
        "the copy has another tag already, which was kept",
    ),
    Code.NO_NUMBER: (
        "экземпляры без номера: станут выдаваться, когда получат метки на станции",
        "copies without a number: they can be lent once tagged at the station",
    ),
    Code.STATE_UNKNOWN: (
        "состояние экземпляра не узнано, он считается свободным: проверьте его",
        "the copy's state is unknown and taken as available: check it",
    ),
    Code.LENT_ELSEWHERE: (
        "в прежней программе экземпляр выдан: перенесите выдачу или примите книгу",
        "the copy is on loan in the other system: enter the loan or take the book back",
    ),
    Code.NOT_ARRIVED: (
        "экземпляр ещё не поступил и пропущен",
        "the copy has not arrived yet and is left out",
    ),
    Code.NUMBER_OF_PATRON: (
        "номер экземпляра — это номер билета читателя, экземпляр пропущен: смените один из них",
        "the copy's number is a person's number and the copy is left out: change one of them",
    ),
    Code.NUMBER_OF_ITEM: (
        "номер билета — это номер экземпляра, строка пропущена: смените один из них",
        "the ticket number is a copy's number and the line is left out: change one of them",
    ),
    Code.ITEM_UNKNOWN: (
        "такого экземпляра нет: проверьте номер",
        "the ledger has no such copy: check the number",
    ),
    Code.ITEM_ON_LOAN: (
        "экземпляр выдан и не списан: примите его или отметьте утерянным",
        "the copy is on loan and was not written off: take it back or mark it lost first",
    ),
    Code.HEADER_MISSING: (
        "нет строки заголовков: нужны «Класс» и «ФИО» или «Фамилия» и «Имя»",
        "no header line: «Класс» and «ФИО», or «Фамилия» and «Имя», are needed",
    ),
    Code.TABLE_HEADER_MISSING: (
        "нет строки заголовков: нужны «Заглавие» и, например, «Номер экземпляра»",
        "no header line: «Заглавие» and, for example, «Номер экземпляра» are needed",
    ),
    Code.CELL_EMPTY: (
        "пустая ячейка, строка пропущена: заполните её",
        "an empty cell, the line is left out: fill it in",
    ),
    Code.CELL_ODD: (
        "в имени посторонние знаки, строка пропущена: исправьте её",
        "odd characters in a name, the line is left out: correct it",
    ),
    Code.FORMULA: (
        "формула вместо значения, строка пропущена: вставьте значение",
        "a formula in place of a value, the line is left out: paste the value",
    ),
    Code.TOO_LARGE: (
        "файл слишком велик: сохраните только нужный лист или разделите его",
        "the file is too large: save only the sheet that is needed, or divide it",
    ),
    Code.CLASS_WRONG: (
        "класс не узнан, строка пропущена: нужен вид 5А, от 1 до 11",
        "not a school class, the line is left out: write it as 5А, from 1 to 11",
    ),
    Code.CARD_WRONG: (
        "неверный UID карты, строка пропущена: 8, 14 или 20 шестнадцатеричных знаков",
        "a wrong card UID, the line is left out: 8, 14 or 20 hex digits",
    ),
    Code.CARD_RANDOM: (
        "карта каждый раз называет новый UID и не привязана: выдайте другую",
        "the card makes up a new UID each time and was not bound: give another one",
    ),
    Code.SAME_NAME: (
        "тёзки в одном классе: проверьте, что это разные ученики",
        "two of the same name in one class: check that they are two pupils",
    ),
    Code.SAME_PUPIL: (
        "тёзок не различить, строки пропущены: добавьте карту или номер билета либо удалите повтор",
        "these cannot be told apart and are left out: add a card or a number, or delete a repeat",
    ),
    Code.SAME_NUMBER: (
        "один номер билета у разных учеников, строки пропущены: исправьте номер",
        "one library number for two pupils, the lines are left out: correct the number",
    ),
    Code.SAME_CARD: (
        "одна карта у разных учеников, строка пропущена: проверьте карту на станции",
        "one card for two pupils, the line is left out: check the card at the station",
    ),
}
_PLACES = (
    ("record", "запись", "record"),
    ("line", "строка", "line"),
    ("offset", "байт", "byte"),
    ("field", "поле", "field"),
)


def describe(problem: Problem, language: str) -> str:
    """One line for a librarian: where, what, what to do; `language` is ``ru`` or ``en``."""
    russian, english = _TEXTS[problem.code]
    text = russian if language == "ru" else english
    where = _where(problem.place, language)
    value = f" [{problem.value}]" if problem.value else ""
    return f"{where}: {text}{value}" if where else f"{text}{value}"


def _where(place: Place, language: str) -> str:
    parts = []
    for name, russian, english in _PLACES:
        value = getattr(place, name)
        if value is not None and value != "":
            parts.append(f"{russian if language == 'ru' else english} {value}")
    return ", ".join(parts)
