"""The words of the devices page, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language
from controller.staff.refusals import StaffReason
from controller.tables import DeviceKind

DEVICE_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.RU: {
        "waiting": "Ждут подключения",
        "nobody_waits": "Новых устройств нет.",
        "code": "Код с экрана устройства",
        "confirm": "Подключить",
        "all": "Все устройства",
        "device": "Устройство",
        "address": "Адрес",
        "tries_left": "Осталось попыток",
        "state": "Состояние",
        "version": "Версия",
        "queue": "Очередь",
        "settings": "Настройки",
        "open_settings": "посмотреть",
        "settings_own": "свои",
        "settings_waiting": "ещё не приняты: версия",
        "settings_refused": "отклонена версия",
        "last_seen": "Последняя связь",
        "errors": "Ошибки за неделю",
        "online": "на связи",
        "offline": "не на связи",
        "revoked": "доступ отозван",
        "revoke": "Отозвать доступ",
        "never": "не было",
    },
    Language.EN: {
        "waiting": "Waiting to be let in",
        "nobody_waits": "No new devices.",
        "code": "Code on the device's screen",
        "confirm": "Let in",
        "all": "All devices",
        "device": "Device",
        "address": "Address",
        "tries_left": "Tries left",
        "state": "State",
        "version": "Version",
        "queue": "Queue",
        "settings": "Settings",
        "open_settings": "look",
        "settings_own": "its own",
        "settings_waiting": "not taken yet: version",
        "settings_refused": "refused: version",
        "last_seen": "Last heard",
        "errors": "Errors of a week",
        "online": "online",
        "offline": "offline",
        "revoked": "access revoked",
        "revoke": "Revoke access",
        "never": "never",
    },
}

KINDS: Mapping[Language, Mapping[DeviceKind, str]] = {
    Language.RU: {
        DeviceKind.KIOSK: "терминал",
        DeviceKind.GATE: "ворота",
        DeviceKind.DROP: "книгоприёмник",
        DeviceKind.STATION: "рабочая станция",
    },
    Language.EN: {kind: kind.value for kind in DeviceKind},
}

SAID: Mapping[Language, Mapping[StaffReason, str]] = {
    Language.RU: {
        StaffReason.WRONG_CODE: "Код не подошёл. Прочитайте его на экране устройства ещё раз.",
        StaffReason.ENDED: "Код больше не действует. Попросите устройство показать новый.",
        StaffReason.UNKNOWN: "Такого устройства нет. Обновите страницу.",
        StaffReason.TAKEN: "Имя занято устройством другого вида. Дайте новому другое имя.",
    },
    Language.EN: {
        StaffReason.WRONG_CODE: "The code does not fit. Read it from the device's screen again.",
        StaffReason.ENDED: "This code has ended. Have the device show a new one.",
        StaffReason.UNKNOWN: "There is no such device. Reload the page.",
        StaffReason.TAKEN: "A device of another kind has this name. Give the new one another.",
    },
}
