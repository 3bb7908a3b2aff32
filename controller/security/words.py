"""The words of the security ledger's pages, Russian and English."""

from collections.abc import Mapping

from circulation.loan import ItemState, Repair
from circulation.proof import Conclusion, Finding, StepKind
from controller.live.words import Language

SECURITY_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "repairs_title": "Что поправить",
        "nothing": "Защита всех книг такая, как должна быть.",
        "book": "Книга",
        "place": "Место",
        "state": "Состояние",
        "repair": "Что сделать",
        "seen": "Последний раз видели",
        "nobody_saw": "ещё нигде",
        "antenna": "антенна",
        "heard": "услышана воротами",
        "verified": "прочитана обратно",
        "why": "Что произошло",
        "worn": "Метки, которые пора заменить",
        "no_worn": "Изношенных меток нет.",
        "quality": "Качество метки, %",
        "failed": "Неудачных записей",
        "proof_title": "Что произошло с книгой",
        "number": "Номер экземпляра или инвентарный номер",
        "show": "Показать",
        "not_found": "Такого экземпляра нет. Проверьте номер: он напечатан на этикетке.",
        "since": "Показано с",
        "when": "Когда",
        "what": "Что",
        "where": "Где",
        "armed": "метка включена",
        "disarmed": "метка отключена",
        "no_steps": "За это время с книгой ничего не происходило.",
        "to_repairs": "К списку «Что поправить»",
    },
    Language.EN: {
        "repairs_title": "To mend",
        "nothing": "The security of every book is as it should be.",
        "book": "Book",
        "place": "Place",
        "state": "State",
        "repair": "What to do",
        "seen": "Last seen",
        "nobody_saw": "nowhere yet",
        "antenna": "antenna",
        "heard": "heard by a gate",
        "verified": "read back",
        "why": "What happened",
        "worn": "Tags to replace",
        "no_worn": "No worn tags.",
        "quality": "Tag quality, %",
        "failed": "Failed writes",
        "proof_title": "What happened to a book",
        "number": "Copy number or inventory number",
        "show": "Show",
        "not_found": "There is no such copy. Check the number: it is printed on the label.",
        "since": "Shown from",
        "when": "When",
        "what": "What",
        "where": "Where",
        "armed": "tag armed",
        "disarmed": "tag disarmed",
        "no_steps": "Nothing happened to the book in this time.",
        "to_repairs": "To the list of what to mend",
    },
}

REPAIRS: Mapping[Language, Mapping[Repair, str]] = {
    Language.RU: {
        Repair.ARM: "Положите на антенну: метка включится",
        Repair.DISARM: "Попросите читателя положить книгу на антенну: метка отключится",
        Repair.LOOK_ON_SHELF: "Поищите на полке: метка включена, как после возврата",
    },
    Language.EN: {
        Repair.ARM: "Lay it on a pad: the tag will be armed",
        Repair.DISARM: "Ask the reader to lay it on a pad: the tag will be disarmed",
        Repair.LOOK_ON_SHELF: "Look on the shelf: the tag is armed as after a return",
    },
}

STATES: Mapping[Language, Mapping[ItemState, str]] = {
    Language.RU: {
        ItemState.IN_STOCK: "в фонде",
        ItemState.ON_LOAN: "выдана",
        ItemState.LOST: "утеряна",
        ItemState.DAMAGED: "повреждена",
        ItemState.WITHDRAWN: "списана",
        ItemState.CLAIMED_RETURNED: "читатель говорит, что вернул",
    },
    Language.EN: {state: state.value.replace("_", " ") for state in ItemState},
}

STEPS: Mapping[Language, Mapping[StepKind, str]] = {
    Language.RU: {
        StepKind.LENT: "Выдана",
        StepKind.RENEWED: "Продлена",
        StepKind.RETURNED: "Возвращена",
        StepKind.MARKED: "Отмечена библиотекарем",
        StepKind.TAG_WRITTEN: "Метка записана и прочитана обратно",
        StepKind.TAG_SEEN: "Метку видели последний раз",
        StepKind.PASSED: "Прошла через ворота без тревоги",
        StepKind.ALARMED: "Тревога ворот",
    },
    Language.EN: {
        StepKind.LENT: "Borrowed",
        StepKind.RENEWED: "Renewed",
        StepKind.RETURNED: "Returned",
        StepKind.MARKED: "Marked by the librarian",
        StepKind.TAG_WRITTEN: "Tag written and read back",
        StepKind.TAG_SEEN: "Tag seen last",
        StepKind.PASSED: "Went through a gate, no alarm",
        StepKind.ALARMED: "Gate alarm",
    },
}

FINDINGS: Mapping[Language, Mapping[Finding, str]] = {
    Language.RU: {
        Finding.LENT_DISARMED: "выдана, метка отключена: всё верно",
        Finding.LENT_ARMED: "выдана, но метка не была отключена",
        Finding.STOCK_ARMED: "вынос без выдачи",
        Finding.STOCK_DISARMED: "без выдачи, а метка отключена: ворота молчали",
        Finding.NOT_LENDABLE: "числится утерянной, повреждённой или списанной",
        Finding.FOREIGN: "чужая метка",
    },
    Language.EN: {
        Finding.LENT_DISARMED: "on loan, tag disarmed: as it should be",
        Finding.LENT_ARMED: "on loan, but the tag was not disarmed",
        Finding.STOCK_ARMED: "carried out without a loan",
        Finding.STOCK_DISARMED: "without a loan, but the tag was disarmed: the gate was silent",
        Finding.NOT_LENDABLE: "recorded as lost, damaged or written off",
        Finding.FOREIGN: "a foreign tag",
    },
}

CONCLUSIONS: Mapping[Language, Mapping[Conclusion, str]] = {
    Language.RU: {
        Conclusion.LENT_AND_DISARMED: "Выдана, метка отключена. Читатель ни в чём не виноват.",
        Conclusion.LENT_NOT_DISARMED: (
            "Выдана, но метка ещё включена: тревога у ворот не вина читателя."
        ),
        Conclusion.IN_STOCK: "Числится в фонде, метка включена.",
        Conclusion.IN_STOCK_DISARMED: (
            "Числится в фонде, но метка отключена: ворота её не заметят. Положите на антенну."
        ),
        Conclusion.CARRIED_OUT: "Прошла через ворота без выдачи и с тех пор не возвращалась.",
        Conclusion.NOT_LENDABLE: "Числится утерянной, повреждённой, списанной или спорной.",
    },
    Language.EN: {
        Conclusion.LENT_AND_DISARMED: "On loan, tag disarmed. The reader did nothing wrong.",
        Conclusion.LENT_NOT_DISARMED: (
            "On loan, but the tag is still armed: an alarm is not the reader's fault."
        ),
        Conclusion.IN_STOCK: "In stock, tag armed.",
        Conclusion.IN_STOCK_DISARMED: (
            "In stock, but the tag is disarmed: a gate cannot notice it. Lay it on a pad."
        ),
        Conclusion.CARRIED_OUT: "It went through a gate without a loan and has not come back.",
        Conclusion.NOT_LENDABLE: "Recorded as lost, damaged, written off or in dispute.",
    },
}
