"""The words of the holds page, Russian and English."""

from collections.abc import Mapping

from circulation.reasons import Reason
from controller.live.words import Language

HOLD_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "holds": "Заказы и полка заказов",
        "pick": "Подобрать с полок",
        "nothing_to_pick": "Подбирать нечего.",
        "place": "Место",
        "book": "Книга",
        "number": "Номер",
        "waiting": "Ждут",
        "shelve": "Книга подобрана: её номер",
        "to_shelf": "На полку заказов",
        "on_shelf": "На полке заказов",
        "code": "Код",
        "until": "Ждёт до",
        "slip": "Талон",
        "all_slips": "Все талоны (PDF)",
        "empty_shelf": "Полка заказов пуста.",
        "expire": "Снять просроченные заказы",
        "left_over": "Их больше не ждут",
        "to_do": "Что сделать",
        "put_back": "Верните на место",
        "stay": "Остаётся для следующего: новый талон с кодом",
        "moved": "Сделано",
        "none_late": "Просроченных заказов нет.",
        "shelved": "Поставьте на полку заказов с кодом",
        "late": "срок вышел",
    },
    Language.EN: {
        "holds": "Holds and the hold shelf",
        "pick": "To fetch",
        "nothing_to_pick": "There is nothing to fetch.",
        "place": "Place",
        "book": "Book",
        "number": "Number",
        "waiting": "Waiting",
        "shelve": "A book is fetched: its number",
        "to_shelf": "To the hold shelf",
        "on_shelf": "On the hold shelf",
        "code": "Code",
        "until": "Waits until",
        "slip": "Slip",
        "all_slips": "All slips (PDF)",
        "empty_shelf": "The hold shelf is empty.",
        "expire": "End what was not taken in time",
        "left_over": "Waited for no more",
        "to_do": "What to do",
        "put_back": "Put it back",
        "stay": "Stays for the next reader: a new slip with the code",
        "moved": "Done",
        "none_late": "Nothing is late.",
        "shelved": "Put it on the hold shelf with the code",
        "late": "its time is over",
    },
}

REFUSALS: Mapping[Language, Mapping[Reason, str]] = {
    Language.RU: {
        Reason.ITEM_UNKNOWN: "Такого номера нет в каталоге. Проверьте его.",
        Reason.ON_LOAN_TO_OTHER: "Эта книга выдана. Сначала примите её.",
        Reason.NOT_LENDABLE: "Эта книга не выдаётся. Возьмите другой экземпляр.",
        Reason.NOBODY_WAITS: "Этой книги никто не ждёт. Верните её на место.",
    },
    Language.EN: {
        Reason.ITEM_UNKNOWN: "This number is not in the catalogue. Check it.",
        Reason.ON_LOAN_TO_OTHER: "This book is on loan. Take it back first.",
        Reason.NOT_LENDABLE: "This book is not lent. Take another copy.",
        Reason.NOBODY_WAITS: "Nobody waits for this book. Put it back.",
    },
}
