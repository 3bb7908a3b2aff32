"""The words of the conflict inbox, Russian and English: a question, and what each answer does."""

from collections.abc import Mapping

from circulation.offline import Choice, ConflictKind
from circulation.reasons import Reason
from controller.live.words import Language

INBOX_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "inbox": "Нужно решение",
        "empty": "Нерешённых вопросов нет.",
        "happened": "Произошло",
        "unsure": "часы устройства были неточны",
        "decide_by": "решить до",
        "fact_patron": "Устройство записало читателя",
        "holder": "По учёту книга у читателя",
        "held_for": "Книга отложена для читателя",
        "lent_by": "выдана через",
        "harm": "Читатель сказал",
        "harm:torn": "порвана",
        "harm:wet": "промокла",
        "harm:pages_missing": "нет страниц",
        "unknown_book": "Книги нет в каталоге",
        "unknown_patron": "нет в списках",
        "note": "Почему (останется в журнале)",
        "note_missing": "Напишите, почему решено так: это останется в журнале.",
    },
    Language.EN: {
        "inbox": "Decisions wanted",
        "empty": "No open questions.",
        "happened": "Happened",
        "unsure": "the device's clock was not sure",
        "decide_by": "decide by",
        "fact_patron": "The device recorded the reader",
        "holder": "In the ledger the book is with",
        "held_for": "The book is held for",
        "lent_by": "lent by",
        "harm": "The reader said",
        "harm:torn": "it is torn",
        "harm:wet": "it is wet",
        "harm:pages_missing": "pages are missing",
        "unknown_book": "The book is not in the catalogue",
        "unknown_patron": "not in the lists",
        "note": "Why (it stays in the log)",
        "note_missing": "Write why: it stays in the log.",
    },
}

QUESTIONS: Mapping[Language, Mapping[ConflictKind, str]] = {
    Language.RU: {
        ConflictKind.LENT_TWICE: "Книгу без связи выдали одному, а по учёту она у другого",
        ConflictKind.RETURNED_BEFORE_LENT: "Книгу вернули, а позже её уже выдали снова",
        ConflictKind.PATRON_NOT_ALLOWED: "Книгу без связи взял тот, кому правила не разрешают",
        ConflictKind.HOLD_OVERTAKEN: "Книгу взяли без связи, а она ждала другого читателя",
        ConflictKind.COPY_NOT_LENDABLE: "Без связи выдали или приняли книгу, которая не выдаётся",
        ConflictKind.RENEWAL_NOT_ALLOWED: "Книгу продлили без связи вопреки правилам",
        ConflictKind.DAMAGED_AND_LENT: "Книгу вернули повреждённой, а позже её уже выдали снова",
        ConflictKind.UNKNOWN: "Устройство записало то, чего нет в учёте",
    },
    Language.EN: {
        ConflictKind.LENT_TWICE: "Lent offline to one reader; the ledger has it with another",
        ConflictKind.RETURNED_BEFORE_LENT: "It was returned, and lent again since",
        ConflictKind.PATRON_NOT_ALLOWED: "Borrowed offline by a reader whom the rules refuse",
        ConflictKind.HOLD_OVERTAKEN: "Borrowed offline while it waited for another reader",
        ConflictKind.COPY_NOT_LENDABLE: "A copy that is not lent out was lent or returned offline",
        ConflictKind.RENEWAL_NOT_ALLOWED: "Renewed offline against the rules",
        ConflictKind.DAMAGED_AND_LENT: "It came back damaged, and was lent again since",
        ConflictKind.UNKNOWN: "The device recorded something that the ledger does not know",
    },
}

CHOICES: Mapping[Language, Mapping[Choice, str]] = {
    Language.RU: {
        Choice.RECORD: "Записать, как сообщило устройство",
        Choice.KEEP: "Оставить учёт как есть",
    },
    Language.EN: {
        Choice.RECORD: "Record it as the device says",
        Choice.KEEP: "Leave the ledger as it is",
    },
}

ACTS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "checkout": "выдача",
        "return": "возврат",
        "renewal": "продление",
        "damage": "порча",
    },
    Language.EN: {"checkout": "loan", "return": "return", "renewal": "renewal", "damage": "damage"},
}

_SAID: Mapping[Language, Mapping[Reason, str]] = {
    Language.RU: {
        Reason.CONFLICT_SETTLED: "Этот вопрос уже решён.",
        Reason.CONFLICT_UNKNOWN: "Такого вопроса нет. Обновите страницу.",
        Reason.CHOICE_IMPOSSIBLE: (
            "Так записать уже нельзя: с тех пор учёт изменился. Оставьте как есть"
            " или сначала поправьте книгу или читателя."
        ),
    },
    Language.EN: {
        Reason.CONFLICT_SETTLED: "This question is already settled.",
        Reason.CONFLICT_UNKNOWN: "There is no such question. Reload the page.",
        Reason.CHOICE_IMPOSSIBLE: (
            "It cannot be recorded so any more: the ledger has moved on. Leave it as it is,"
            " or correct the copy or the reader first."
        ),
    },
}


def in_words(reason: Reason, language: Language) -> str:
    """Why a decision was not taken over."""
    return _SAID[language].get(reason, reason.value)
