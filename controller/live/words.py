"""The live page's words, Russian and English, and how a line of the log is said in them."""

from collections.abc import Mapping
from enum import StrEnum

from circulation.messages import Direction, Verdict
from controller.tables import DeviceKind, EventKind


class Language(StrEnum):
    """Languages of the page."""

    RU = "ru"
    EN = "en"


class Tone(StrEnum):
    """What a line means: a colour, and always a sign with it."""

    DONE = "done"
    INFO = "info"
    WAIT = "wait"
    STOP = "stop"
    QUIET = "quiet"


SIGNS: Mapping[Tone, str] = {
    Tone.DONE: "✓",
    Tone.INFO: "→",
    Tone.WAIT: "!",
    Tone.STOP: "✕",
    Tone.QUIET: "·",
}

TONES: Mapping[EventKind, Tone] = {
    EventKind.CHECKED_OUT: Tone.DONE,
    EventKind.RENEWED: Tone.DONE,
    EventKind.RETURNED: Tone.INFO,
    EventKind.SECURITY_SEEN: Tone.QUIET,
    EventKind.GATE_ALARMED: Tone.STOP,
    EventKind.GATE_PASSED: Tone.INFO,
    EventKind.GATE_BEAM_FAILED: Tone.WAIT,
    EventKind.GATE_READER_LOST: Tone.WAIT,
    EventKind.GATE_READER_BACK: Tone.DONE,
    EventKind.GATE_TESTED: Tone.QUIET,
    EventKind.GATE_DROPPED: Tone.WAIT,
    EventKind.GATE_MESSAGE_REFUSED: Tone.WAIT,
    EventKind.DEVICE_CHANGED: Tone.QUIET,
    EventKind.CATALOGUE_IMPORTED: Tone.DONE,
    EventKind.ROSTER_IMPORTED: Tone.DONE,
    EventKind.HOLD_PLACED: Tone.INFO,
    EventKind.HOLD_READY: Tone.DONE,
    EventKind.HOLD_ENDED: Tone.QUIET,
    EventKind.ITEM_MARKED: Tone.WAIT,
    EventKind.RULE_OVERRIDDEN: Tone.WAIT,
    EventKind.PATRON_BLOCKED: Tone.WAIT,
    EventKind.PATRON_UNBLOCKED: Tone.INFO,
    EventKind.SECURITY_ODD: Tone.WAIT,
    EventKind.CONFLICT_FOUND: Tone.WAIT,
    EventKind.CONFLICT_SETTLED: Tone.DONE,
    EventKind.OPERATION_CLASHED: Tone.STOP,
    EventKind.LIBRARIAN_CALLED: Tone.WAIT,
    EventKind.CALL_ANSWERED: Tone.DONE,
}

KINDS: Mapping[Language, Mapping[EventKind, str]] = {
    Language.RU: {
        EventKind.CHECKED_OUT: "Выдана",
        EventKind.RENEWED: "Продлена",
        EventKind.RETURNED: "Возвращена",
        EventKind.SECURITY_SEEN: "Проверена защита метки",
        EventKind.GATE_ALARMED: "Тревога: вынос без выдачи",
        EventKind.GATE_PASSED: "Проход через ворота",
        EventKind.GATE_BEAM_FAILED: "Датчик прохода закрыт или неисправен",
        EventKind.GATE_READER_LOST: "Ворота потеряли считыватель",
        EventKind.GATE_READER_BACK: "Считыватель ворот снова работает",
        EventKind.GATE_TESTED: "Проверка ворот контрольной меткой",
        EventKind.GATE_DROPPED: "Память ворот полна: часть проходов не сохранена",
        EventKind.GATE_MESSAGE_REFUSED: "Сообщение ворот не принято",
        EventKind.DEVICE_CHANGED: "Устройство сообщило о себе",
        EventKind.CATALOGUE_IMPORTED: "Загружен каталог",
        EventKind.ROSTER_IMPORTED: "Загружен список читателей",
        EventKind.HOLD_PLACED: "Заказана",
        EventKind.HOLD_READY: "Ждёт читателя на полке заказов",
        EventKind.HOLD_ENDED: "Заказ закрыт",
        EventKind.ITEM_MARKED: "Состояние экземпляра изменено",
        EventKind.RULE_OVERRIDDEN: "Решение библиотекаря вопреки правилу",
        EventKind.PATRON_BLOCKED: "Выдача читателю приостановлена",
        EventKind.PATRON_UNBLOCKED: "Выдача читателю возобновлена",
        EventKind.SECURITY_ODD: "Защита метки не такая, как должна быть",
        EventKind.CONFLICT_FOUND: "Нужно решение библиотекаря",
        EventKind.CONFLICT_SETTLED: "Вопрос решён",
        EventKind.OPERATION_CLASHED: "Повтор операции с другим содержанием",
        EventKind.LIBRARIAN_CALLED: "Зовут библиотекаря",
        EventKind.CALL_ANSWERED: "Библиотекарь идёт",
    },
    Language.EN: {
        EventKind.CHECKED_OUT: "Borrowed",
        EventKind.RENEWED: "Renewed",
        EventKind.RETURNED: "Returned",
        EventKind.SECURITY_SEEN: "Tag security checked",
        EventKind.GATE_ALARMED: "Alarm: carried out without a loan",
        EventKind.GATE_PASSED: "Passed the gate",
        EventKind.GATE_BEAM_FAILED: "A beam is covered or broken",
        EventKind.GATE_READER_LOST: "The gate lost its reader",
        EventKind.GATE_READER_BACK: "The gate's reader is back",
        EventKind.GATE_TESTED: "The gate was tested with the known tag",
        EventKind.GATE_DROPPED: "A gate's memory is full: some passages were not kept",
        EventKind.GATE_MESSAGE_REFUSED: "A gate's message was refused",
        EventKind.DEVICE_CHANGED: "A device reported",
        EventKind.CATALOGUE_IMPORTED: "Catalogue imported",
        EventKind.ROSTER_IMPORTED: "Roster imported",
        EventKind.HOLD_PLACED: "On hold",
        EventKind.HOLD_READY: "Waits on the hold shelf",
        EventKind.HOLD_ENDED: "Hold ended",
        EventKind.ITEM_MARKED: "Copy marked",
        EventKind.RULE_OVERRIDDEN: "Librarian set a rule aside",
        EventKind.PATRON_BLOCKED: "A patron was blocked",
        EventKind.PATRON_UNBLOCKED: "A block was lifted",
        EventKind.SECURITY_ODD: "Tag security is not what it should be",
        EventKind.CONFLICT_FOUND: "A librarian must decide",
        EventKind.CONFLICT_SETTLED: "Question settled",
        EventKind.OPERATION_CLASHED: "An operation came again with another body",
        EventKind.LIBRARIAN_CALLED: "The librarian is called",
        EventKind.CALL_ANSWERED: "The librarian is coming",
    },
}

DIRECTIONS: Mapping[Language, Mapping[Direction, str]] = {
    Language.RU: {
        Direction.OUT: "на выход",
        Direction.IN: "на вход",
        Direction.TURNED_BACK: "вернулись",
        Direction.UNKNOWN: "направление неизвестно",
    },
    Language.EN: {
        Direction.OUT: "going out",
        Direction.IN: "coming in",
        Direction.TURNED_BACK: "turned back",
        Direction.UNKNOWN: "direction unknown",
    },
}

VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    Language.RU: {
        Verdict.SILENT: "тихо",
        Verdict.ALARM: "тревога",
        Verdict.FRIENDLY: "выдана, метка ещё под защитой",
        Verdict.LOGGED: "только запись",
    },
    Language.EN: {
        Verdict.SILENT: "silent",
        Verdict.ALARM: "alarm",
        Verdict.FRIENDLY: "on loan, tag still armed",
        Verdict.LOGGED: "only noted",
    },
}

DEVICES: Mapping[Language, Mapping[DeviceKind, str]] = {
    Language.RU: {
        DeviceKind.KIOSK: "Киоск",
        DeviceKind.GATE: "Ворота",
        DeviceKind.DROP: "Приём книг",
        DeviceKind.STATION: "Станция меток",
    },
    Language.EN: {
        DeviceKind.KIOSK: "Kiosk",
        DeviceKind.GATE: "Gate",
        DeviceKind.DROP: "Book drop",
        DeviceKind.STATION: "Tag station",
    },
}

LABELS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "page": "Сейчас в библиотеке",
        "loans": "выдано",
        "returns": "возвращено",
        "people_in": "вошли",
        "people_out": "вышли",
        "alarms": "тревоги",
        "today": "Сегодня",
        "events": "Что происходит",
        "devices": "Устройства",
        "nothing": "Пока тихо. Здесь появятся выдачи, возвраты и проходы.",
        "no_devices": "Устройств ещё нет. Добавьте: polka controller add-device",
        "online": "на связи",
        "offline": "нет связи",
        "never": "ещё не выходило на связь",
        "seen": "было на связи",
        "pad": "площадка",
        "card_reader": "карты",
        "reader": "считыватель",
        "queue": "в очереди",
        "ok": "работает",
        "lost": "не отвечает",
        "unknown": "неизвестно",
        "slot": "приём",
        "open": "открыт",
        "full": "нет места: освободите ящик",
        "jammed": "застряла книга",
        "flap_jammed": "не закрыта дверца",
        "storage": "диск не пишет",
        "no_reader": "закрыт, нет считывателя",
        "simulated": "имитация",
        "due": "до",
        "tag_waits": "метка ещё под защитой",
        "not_on_loan": "не была выдана",
        "unknown_book": "Книга не из каталога",
        "connected": "обновляется само",
        "disconnected": "связь потеряна, пробуем снова",
        "other_language": "English",
        "now": "сейчас",
        "calls": "зовёт",
        "coming": "Иду",
        "sign_in": "Войти, чтобы ответить",
        "torn": "читатель сообщил: порвана",
        "wet": "читатель сообщил: промокла",
        "pages_missing": "читатель сообщил: нет страниц",
    },
    Language.EN: {
        "page": "In the library now",
        "loans": "borrowed",
        "returns": "returned",
        "people_in": "came in",
        "people_out": "went out",
        "alarms": "alarms",
        "today": "Today",
        "events": "What happens",
        "devices": "Devices",
        "nothing": "Quiet so far. Loans, returns and passages will appear here.",
        "no_devices": "No devices yet. Add one: polka controller add-device",
        "online": "online",
        "offline": "offline",
        "never": "never heard of",
        "seen": "last heard",
        "pad": "pad",
        "card_reader": "cards",
        "reader": "reader",
        "queue": "queued",
        "ok": "works",
        "lost": "does not answer",
        "unknown": "unknown",
        "slot": "slot",
        "open": "open",
        "full": "full: empty a bin",
        "jammed": "a book is stuck",
        "flap_jammed": "the flap is not closed",
        "storage": "the disk takes nothing",
        "no_reader": "shut, no reader",
        "simulated": "simulated",
        "due": "due",
        "tag_waits": "tag still armed",
        "not_on_loan": "was not on loan",
        "unknown_book": "Not a book of this catalogue",
        "connected": "updates by itself",
        "disconnected": "connection lost, trying again",
        "other_language": "Русский",
        "now": "now",
        "calls": "is calling",
        "coming": "I am coming",
        "sign_in": "Sign in to answer",
        "torn": "a reader says: torn",
        "wet": "a reader says: wet",
        "pages_missing": "a reader says: pages are missing",
    },
}
