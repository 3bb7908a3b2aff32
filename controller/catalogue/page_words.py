"""The words of the import page, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language

IMPORT_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "import_title": "Загрузка каталога и списков",
        "hint": (
            "Каталог: ИРБИС64 (текст), RUSMARC, UNIMARC, MARC21 (ISO 2709, MARCXML), CSV, XLSX."
            " Список читателей: CSV или XLSX со столбцами «Класс» и «ФИО»."
            " Сначала файл будет показан, в учёт ничего не попадёт без вашего согласия."
        ),
        "file": "Файл",
        "look": "Посмотреть файл",
        "reading": "Файл читается. Прочитано описаний:",
        "writing": "Файл записывается. Записано описаний:",
        "wait": "Страница обновится сама.",
        "shown": "В файле",
        "confirm": "Загрузить в учёт",
        "other": "Выбрать другой файл",
        "nothing": "Загружать нечего. Причины ниже.",
        "written": "Загружено",
        "failed": (
            "Загрузка прервалась: база или диск не отвечают. Загрузите тот же файл ещё раз,"
            " записанное не повторится."
        ),
        "gone": "Этого файла здесь уже нет. Загрузите его ещё раз, записанное не повторится.",
        "too_large": "Файл больше 200 МБ. Разделите его на части.",
        "too_many": "Уже загружается несколько файлов. Подождите, пока они закончатся.",
        "no_file": "Выберите файл.",
        "first": "Первые записи",
        "problems": "Ошибки и предупреждения",
        "more": "Показаны первые, всего:",
        "titles": "описаний",
        "items": "экземпляров с номером",
        "units": "экземпляров всего",
        "tags": "с метками",
        "pupils": "учеников",
        "titles_new": "новых описаний",
        "titles_updated": "обновлено описаний",
        "items_new": "новых экземпляров",
        "items_updated": "обновлено экземпляров",
        "patrons_new": "новых учеников",
        "patrons_updated": "обновлено учеников",
        "cards_new": "новых карт",
    },
    Language.EN: {
        "import_title": "Import a catalogue or a list",
        "hint": (
            "Catalogue: IRBIS64 text, RUSMARC, UNIMARC, MARC21 (ISO 2709, MARCXML), CSV, XLSX."
            " Readers: CSV or XLSX with a class and a name column."
            " The file is shown first; nothing is written before you agree."
        ),
        "file": "File",
        "look": "Look at the file",
        "reading": "The file is being read. Titles so far:",
        "writing": "The file is being written. Titles so far:",
        "wait": "This page renews itself.",
        "shown": "In the file",
        "confirm": "Write it into the ledger",
        "other": "Choose another file",
        "nothing": "There is nothing to import. See why below.",
        "written": "Imported",
        "failed": (
            "The import broke off: the database or the disk does not answer. Upload the same file"
            " again; what is written will not be doubled."
        ),
        "gone": "This file is no longer here. Upload it again; nothing will be doubled.",
        "too_large": "The file is larger than 200 MB. Split it.",
        "too_many": "Several files are on their way already. Wait until they are done.",
        "no_file": "Choose a file.",
        "first": "First records",
        "problems": "Errors and warnings",
        "more": "The first are shown, of",
        "titles": "titles",
        "items": "numbered copies",
        "units": "copies in all",
        "tags": "with tags",
        "pupils": "pupils",
        "titles_new": "new titles",
        "titles_updated": "titles updated",
        "items_new": "new copies",
        "items_updated": "copies updated",
        "patrons_new": "new pupils",
        "patrons_updated": "pupils updated",
        "cards_new": "new cards",
    },
}
