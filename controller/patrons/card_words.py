"""The words of the cards page, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language
from controller.staff.refusals import StaffReason

CARD_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "cards": "Читательские билеты",
        "lay": "Приложите билет к считывателю, отсканируйте код или введите фамилию",
        "find": "Найти",
        "nobody": "Никто не найден. Проверьте номер или введите начало фамилии.",
        "several": "Подходит несколько читателей. Выберите:",
        "more": "Показаны первые. Введите больше букв.",
        "class": "Класс",
        "left": "выбыл",
        "blocks": "Выдача приостановлена",
        "chip": "Карта",
        "number": "Номер",
        "works": "действует",
        "blocked": "заблокирован",
        "block": "Заблокировать",
        "free": "Разблокировать",
        "new_card": "Новый билет: приложите карту или отсканируйте код",
        "replaces": "вместо (старый будет заблокирован)",
        "nothing": "ничего",
        "issue": "Выдать билет",
        "no_cards": "Билета ещё нет.",
        "print": "Напечатать билет (PDF)",
        "done": "Готово.",
        "clearance": "Обходной лист (PDF)",
        "unreadable": "Это не номер билета: нужны цифры и латинские буквы без пробелов.",
    },
    Language.EN: {
        "cards": "Library cards",
        "lay": "Lay the card on the reader, scan its code, or type a family name",
        "find": "Find",
        "nobody": "Nobody was found. Check the number, or type the beginning of the name.",
        "several": "Several readers fit. Choose one:",
        "more": "These are the first. Type more letters.",
        "class": "Class",
        "left": "has left",
        "blocks": "Lending is paused",
        "chip": "Chip card",
        "number": "Number",
        "works": "valid",
        "blocked": "blocked",
        "block": "Block",
        "free": "Free again",
        "new_card": "New card: lay it on the reader or scan its code",
        "replaces": "in place of (the old one is blocked)",
        "nothing": "none",
        "issue": "Issue the card",
        "no_cards": "There is no card yet.",
        "print": "Print a card (PDF)",
        "done": "Done.",
        "clearance": "Leaver's slip (PDF)",
        "unreadable": "This is no card number: it needs digits and Latin letters, no blanks.",
    },
}

CARD_REFUSALS: Mapping[Language, Mapping[StaffReason, str]] = {
    Language.RU: {
        StaffReason.TAKEN: "Этот билет у другого читателя, или номер стоит на книге,"
        " или телефон меняет номер при каждом касании. Возьмите другой билет.",
        StaffReason.UNKNOWN: "Такого читателя или билета нет. Найдите его ещё раз.",
    },
    Language.EN: {
        StaffReason.TAKEN: "This card is another reader's, or its number is on a book, or a phone"
        " that changes its number at every touch. Take another card.",
        StaffReason.UNKNOWN: "There is no such reader or card. Look for him again.",
    },
}
