"""The words of the page of parts, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language

PART_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "title": "Части комплекта",
        "number": "Номер экземпляра или инвентарный номер",
        "show": "Показать",
        "not_found": "Такого экземпляра нет. Проверьте номер: он напечатан на этикетке.",
        "bad_names": "Напишите от 1 до 20 названий, каждое с новой строки и не длиннее 80 знаков.",
        "named": "Записано. Терминалы назовут часть, которой не видят.",
        "names": "Части по порядку, каждая с новой строки. Первая — сама книга",
        "example": "книга\nдиск\nкарта",
        "hint": "Номер части записан на её метке. Одно название: это не комплект.",
        "all": "Так же у всех экземпляров этого издания:",
        "save": "Записать",
        "parts": "частей",
    },
    Language.EN: {
        "title": "Parts of a set",
        "number": "Copy number or inventory number",
        "show": "Show",
        "not_found": "There is no such copy. Check the number: it is printed on the label.",
        "bad_names": "Write 1 to 20 names, each on a line of its own and at most 80 letters long.",
        "named": "Saved. Kiosks will name the part they cannot see.",
        "names": "The parts in order, one a line. The first is the book itself",
        "example": "book\ndisc\nmap",
        "hint": "The number of a part stands on its tag. One name: it is no set.",
        "all": "The same for all copies of this edition:",
        "save": "Save",
        "parts": "parts",
    },
}
