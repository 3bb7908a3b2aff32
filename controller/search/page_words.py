"""The words of the catalogue's pages, Russian and English."""

from collections.abc import Mapping

from circulation.loan import Act
from circulation.policy import ItemKind
from circulation.reasons import Reason
from controller.live.words import Language

CATALOGUE_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "catalogue": "Каталог",
        "question": "Слова названия, автор, тема, ISBN или номер экземпляра",
        "search": "Найти",
        "available": "только те, что в фонде",
        "nothing": "Ничего не нашлось. Проверьте буквы или назовите меньше слов.",
        "found": "Найдено изданий",
        "at_least": "не меньше",
        "narrow": "Уточнить",
        "all": "снять отбор",
        "kind": "Вид",
        "section": "Раздел ББК",
        "place": "Место",
        "book": "Книга",
        "shelf": "Шифр",
        "where": "Где стоит: в фонде из всех",
        "previous": "Назад",
        "next": "Дальше",
        "to_catalogue": "К каталогу",
        "publisher": "Издание",
        "subjects": "Темы",
        "grade": "Класс",
        "copies": "Экземпляры",
        "no_copies": "Экземпляров нет.",
        "number": "Номер",
        "inventory": "Инв. номер",
        "state": "Состояние",
        "holder": "У кого",
        "until": "до",
        "in_room": "только в зале",
        "story": "История",
        "change": "Отметить",
        "note": "Примечание",
        "unknown": "Такого издания нет.",
        "act_unknown": "Выберите, что отметить.",
    },
    Language.EN: {
        "catalogue": "Catalogue",
        "question": "Words of the title, author, subject, ISBN or a copy's number",
        "search": "Search",
        "available": "only what is in stock",
        "nothing": "Nothing found. Check the letters or give fewer words.",
        "found": "Titles found",
        "at_least": "at least",
        "narrow": "Narrow",
        "all": "remove filters",
        "kind": "Kind",
        "section": "BBK section",
        "place": "Place",
        "book": "Book",
        "shelf": "Call number",
        "where": "Where it stands: in stock of all",
        "previous": "Back",
        "next": "More",
        "to_catalogue": "To the catalogue",
        "publisher": "Published",
        "subjects": "Subjects",
        "grade": "School year",
        "copies": "Copies",
        "no_copies": "There are no copies.",
        "number": "Number",
        "inventory": "Inventory no.",
        "state": "State",
        "holder": "Who has it",
        "until": "until",
        "in_room": "reading room only",
        "story": "Story",
        "change": "Mark",
        "note": "Note",
        "unknown": "There is no such title.",
        "act_unknown": "Choose what to mark.",
    },
}

KINDS: Mapping[Language, Mapping[ItemKind, str]] = {
    Language.RU: {
        ItemKind.BOOK: "книга",
        ItemKind.TEXTBOOK: "учебник",
        ItemKind.REFERENCE: "справочник",
        ItemKind.PERIODICAL: "журнал",
    },
    Language.EN: {kind: kind.value for kind in ItemKind},
}

MARKS: Mapping[Language, Mapping[Act, str]] = {
    Language.RU: {
        Act.MARK_LOST: "утеряна",
        Act.FIND: "нашлась",
        Act.MARK_DAMAGED: "повреждена, в ремонт",
        Act.MEND: "починена",
        Act.CLAIM_RETURNED: "читатель говорит, что вернул",
        Act.WITHDRAW: "списана",
    },
    Language.EN: {
        Act.MARK_LOST: "lost",
        Act.FIND: "found",
        Act.MARK_DAMAGED: "damaged, to be mended",
        Act.MEND: "mended",
        Act.CLAIM_RETURNED: "the reader says it was returned",
        Act.WITHDRAW: "written off",
    },
}

MARK_REFUSALS: Mapping[Language, Mapping[Reason, str]] = {
    Language.RU: {
        Reason.ITEM_UNKNOWN: "Такого экземпляра нет.",
        Reason.ON_LOAN_TO_OTHER: "Экземпляр выдан: сначала примите его.",
        Reason.NOT_LENDABLE: "Это уже отмечено: страница показывает, что записано сейчас.",
    },
    Language.EN: {
        Reason.ITEM_UNKNOWN: "There is no such copy.",
        Reason.ON_LOAN_TO_OTHER: "The copy is on loan: take it back first.",
        Reason.NOT_LENDABLE: "This was marked already: the page shows what stands now.",
    },
}
