"""What a kiosk says of itself when something failed (a word of its log), for the devices page."""

from collections.abc import Mapping

from controller.live.words import Language

COMPLAINTS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "answer_not_understood": "ответ сервера не понят",
        "cannot_speak": "голос не работает",
        "courier_failed": "не передаётся очередь",
        "effect_failed": "сбой действия или диска",
        "fact_rejected": "операция не принята сервером",
        "kiosk_failed": "сбой программы",
        "request_rejected": "запрос не принят сервером",
        "settings_damaged": "сохранённые настройки повреждены",
        "settings_not_kept": "настройки не сохранены: диск",
        "settings_refused": "настройки отклонены",
        "simulated_reader_refused": "вместо считывателя имитатор",
    },
    Language.EN: {
        "answer_not_understood": "the server's answer was not understood",
        "cannot_speak": "the voice does not work",
        "courier_failed": "the queue is not handed over",
        "effect_failed": "an act or the disk failed",
        "fact_rejected": "an operation was not taken by the server",
        "kiosk_failed": "the program failed",
        "request_rejected": "a request was not taken by the server",
        "settings_damaged": "the kept settings are damaged",
        "settings_not_kept": "the settings were not kept: disk",
        "settings_refused": "the settings were refused",
        "simulated_reader_refused": "a simulator instead of a reader",
    },
}
"""A word that is not here is shown as it is."""
