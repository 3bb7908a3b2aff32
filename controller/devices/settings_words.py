"""The words of the page of one device's settings, Russian and English."""

from collections.abc import Mapping

from controller.devices.settings_form import Bounds, Wrong
from controller.live.words import Language

SETTINGS_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "settings": "Настройки устройства",
        "back": "Все устройства",
        "none": "Это устройство не принимает настроек с сервера. Они стоят в его файле.",
        "own_file": "С сервера ничего не задано: устройство работает по своему файлу."
        " В полях стоят обычные значения.",
        "version": "Версия настроек",
        "in_force": "Действует на устройстве",
        "own": "свой файл",
        "not_heard": "устройство ещё не сообщило",
        "refused": "Устройство отклонило версию",
        "refused_field": "не подошло поле",
        "refused_next": "Осталось прежнее. Исправьте поле и сохраните ещё раз"
        " или обновите программу устройства.",
        "as_own": "как в файле устройства",
        "empty_own": "Пусто: как в файле устройства.",
        "empty_day": "Пусто в какой-то день: закрыто. Пусто во все дни: как в файле устройства.",
        "save": "Сохранить",
        "saved": "Сохранено. Устройство возьмёт это, как только будет на связи.",
        "changed": "Пока вы заполняли, настройки сохранил кто-то другой. В полях его значения:"
        " проверьте их и внесите своё.",
        "not_saved": "Не сохранено: исправьте отмеченные поля.",
    },
    Language.EN: {
        "settings": "Settings of a device",
        "back": "All devices",
        "none": "This device takes no settings from the server. They stand in its file.",
        "own_file": "Nothing is set from the server: the device goes by its own file."
        " The fields show usual values.",
        "version": "Version of the settings",
        "in_force": "In force at the device",
        "own": "its own file",
        "not_heard": "the device has not said yet",
        "refused": "The device refused version",
        "refused_field": "the field that does not fit",
        "refused_next": "The former settings stand. Correct the field and save again,"
        " or update the device's program.",
        "as_own": "as in the device's file",
        "empty_own": "Empty: as in the device's file.",
        "empty_day": "Empty on a day: closed. Empty on all days: as in the device's file.",
        "save": "Save",
        "saved": "Saved. The device takes it as soon as it is online.",
        "changed": "Somebody else saved settings meanwhile. The fields show theirs:"
        " check them and enter yours again.",
        "not_saved": "Not saved: correct the marked fields.",
    },
}

FIELDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "languages": "Языки, первый из них главный",
        "idle_s": "Через сколько секунд без касаний спросить, есть ли кто",
        "volume_percent": "Громкость, %",
        "textbook_week": "Неделя учебников: выдавать учебники только по комплекту",
        "offline_books": "Без связи: сколько книг выдать одному читателю",
        "offline_operations": "Без связи: сколько операций накопить",
        "offline_hours": "Без связи: сколько часов верить последним данным сервера",
        **{
            f"opening_{day}": f"Часы работы: {name}"
            for day, name in enumerate(
                ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
                start=1,
            )
        },
        "opening": "Часы работы",
        "alarm_s": "Сколько секунд длится тревога",
        "quiet_start": "Тихие часы: начало (горит только лампа)",
        "quiet_end": "Тихие часы: конец",
    },
    Language.EN: {
        "languages": "Languages, the main one first",
        "idle_s": "Seconds without a touch until it asks whether somebody is there",
        "volume_percent": "Volume, %",
        "textbook_week": "Textbook week: lend textbooks by the pupil's set only",
        "offline_books": "Without the server: books per patron",
        "offline_operations": "Without the server: operations to keep",
        "offline_hours": "Without the server: hours to trust its last data",
        **{
            f"opening_{day}": f"Opening hours: {name}"
            for day, name in enumerate(
                ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
                start=1,
            )
        },
        "opening": "Opening hours",
        "alarm_s": "Seconds an alarm lasts",
        "quiet_start": "Quiet hours: beginning (the lamp only)",
        "quiet_end": "Quiet hours: end",
    },
}

OPTIONS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "ru,en": "русский, английский",
        "en,ru": "английский, русский",
        "ru": "только русский",
        "en": "только английский",
        "yes": "да",
        "no": "нет",
        "": SETTINGS_WORDS[Language.RU]["as_own"],
    },
    Language.EN: {
        "ru,en": "Russian, English",
        "en,ru": "English, Russian",
        "ru": "Russian only",
        "en": "English only",
        "yes": "yes",
        "no": "no",
        "": SETTINGS_WORDS[Language.EN]["as_own"],
    },
}

_WRONG: Mapping[Language, Mapping[Wrong, str]] = {
    Language.RU: {
        Wrong.WHOLE: "Впишите целое число от {least} до {most}.",
        Wrong.NUMBER: "Впишите число от {least} до {most}.",
        Wrong.CHOICE: "Выберите из списка.",
        Wrong.TIME: "Впишите время, например 21:00; конец не должен совпадать с началом.",
        Wrong.HOURS: "Впишите часы, например 09:00-18:00; с перерывом: 09:00-13:00 14:00-18:00.",
        Wrong.HALF: "Впишите и начало, и конец или оставьте оба поля пустыми.",
    },
    Language.EN: {
        Wrong.WHOLE: "Enter a whole number from {least} to {most}.",
        Wrong.NUMBER: "Enter a number from {least} to {most}.",
        Wrong.CHOICE: "Choose from the list.",
        Wrong.TIME: "Enter a time such as 21:00; the end must differ from the beginning.",
        Wrong.HOURS: "Enter hours such as 09:00-18:00; with a break: 09:00-13:00 14:00-18:00.",
        Wrong.HALF: "Enter both the beginning and the end, or leave both empty.",
    },
}


def say_wrong(wrong: Wrong, bounds: Bounds | None, language: Language) -> str:
    """What to do about a field, in words."""
    words = _WRONG[language][wrong]
    return words if bounds is None else words.format(least=bounds.least, most=bounds.most)
