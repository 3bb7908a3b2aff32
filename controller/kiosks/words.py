"""The words of the usage page, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language

USAGE_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "usage_title": "Как пользуются киосками",
        "first": "С",
        "last": "По",
        "show": "Показать",
        "download": "Скачать таблицу (CSV)",
        "what": "Что",
        "how_often": "Сколько",
        "nothing": "За эти дни ничего не записано.",
        "refusals": "Отказы по причинам",
        "device": "Киоск",
        "mean": "В среднем от билета до «Готово», с",
        "no_person": "Считаются события, а не люди: имён, билетов и книг здесь нет.",
    },
    Language.EN: {
        "usage_title": "How kiosks are used",
        "first": "From",
        "last": "To",
        "show": "Show",
        "download": "Download as a table (CSV)",
        "what": "What",
        "how_often": "How often",
        "nothing": "Nothing was recorded on these days.",
        "refusals": "Refusals by reason",
        "device": "Kiosk",
        "mean": "Mean from card to “Finish”, s",
        "no_person": "Events are counted, not people: no name, card or book is here.",
    },
}

COUNTERS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "sessions": "Сеансы",
        "lent": "Выдано книг",
        "returned": "Принято книг",
        "renewed": "Продлено книг",
        "put_backs": "Книгу сняли раньше времени",
        "timeouts": "Сеанс закончился сам по времени",
        "searches": "Поиски в каталоге",
        "calls": "Вызовы библиотекаря",
        "damages": "Сообщения о повреждении",
        "speech": "Сеансы с речью",
    },
    Language.EN: {
        "sessions": "Sessions",
        "lent": "Books lent",
        "returned": "Books taken back",
        "renewed": "Books renewed",
        "put_backs": "A book was lifted too early",
        "timeouts": "A session ended by time",
        "searches": "Catalogue searches",
        "calls": "Calls for the librarian",
        "damages": "Damage reported",
        "speech": "Sessions with speech",
    },
}
"""What is shown, in this order; `timed` and `seconds` make the mean, `refused:` its own list."""
