"""The console's words, Russian and English."""

from collections.abc import Mapping

from controller.live.words import Language
from controller.staff.rights import Role

Words = Mapping[str, str]

WORDS: Mapping[Language, Words] = {
    Language.RU: {
        "sign_in": "Вход для сотрудников",
        "login": "Имя учётной записи",
        "password": "Пароль",
        "enter": "Войти",
        "leave": "Выйти",
        "console": "Рабочее место",
        "other_language": "English",
        "wrong": "Имя или пароль не подходят. Проверьте раскладку и попробуйте ещё раз.",
        "locked": "Слишком много попыток. Подождите и войдите снова. Секунд до следующей попытки:",
        "form_expired": "Страница устарела. Введите имя и пароль ещё раз.",
        "unavailable": "База данных не отвечает",
        "unavailable_what": (
            "Ничего не записано. Подождите минуту и повторите. Не помогло — позовите того, кто"
            " следит за сервером: база данных не отвечает."
        ),
        "live": "Сейчас в библиотеке",
        "live_hint": "Выдачи, возвраты и ворота в эту минуту",
        "conflicts": "Нужно решение",
        "conflicts_hint": "Выдачи и возвраты без связи, о которых надо решить",
        "repairs": "Что поправить",
        "repairs_hint": "Книги, у которых метка не сходится с выдачей; изношенные метки",
        "proof": "Что произошло с книгой",
        "proof_hint": "Выдача, метка, ворота: по шагам",
        "import": "Загрузка каталога и списков",
        "import_hint": "Книги и читатели из файла: сначала посмотреть, потом записать",
        "parts": "Части комплектов",
        "parts_hint": "Как называются части: терминал назовёт ту, которой не видит",
        "devices": "Устройства",
        "devices_hint": "Состояние, новые устройства, отзыв доступа",
        "debts": "Обходной лист",
        "debts_hint": "Кто ещё не сдал книги",
        "class_name": "Класс (пусто: все)",
        "only_leavers": "только выбывающие",
        "show": "Показать",
        "title": "Книга",
        "number": "Инвентарный номер",
        "due": "Вернуть до",
        "no_debts": "Все книги сданы.",
        "back": "К рабочему месту",
    },
    Language.EN: {
        "sign_in": "Staff sign-in",
        "login": "Account name",
        "password": "Password",
        "enter": "Sign in",
        "leave": "Sign out",
        "console": "Console",
        "other_language": "Русский",
        "wrong": "Name or password do not fit. Check the keyboard layout and try again.",
        "locked": "Too many tries. Wait, then sign in again. Seconds until the next try:",
        "form_expired": "This page is too old. Enter name and password again.",
        "unavailable": "The database does not answer",
        "unavailable_what": (
            "Nothing was written. Wait a minute and try again. If that does not help, call who"
            " looks after the server: the database does not answer."
        ),
        "live": "In the library now",
        "live_hint": "Loans, returns and gates at this minute",
        "conflicts": "Decisions wanted",
        "conflicts_hint": "Loans and returns made offline that somebody must decide",
        "repairs": "To mend",
        "repairs_hint": "Books whose tag and loan disagree; worn tags",
        "proof": "What happened to a book",
        "proof_hint": "Loan, tag, gates: step by step",
        "import": "Import a catalogue or a list",
        "import_hint": "Books and readers from a file: look first, then write",
        "parts": "Parts of sets",
        "parts_hint": "What the parts are called: a kiosk names the one it cannot see",
        "devices": "Devices",
        "devices_hint": "State, new devices, taking access away",
        "debts": "Clearance list",
        "debts_hint": "Who has not returned books yet",
        "class_name": "Class (empty: all)",
        "only_leavers": "only those who leave",
        "show": "Show",
        "title": "Book",
        "number": "Inventory number",
        "due": "Due",
        "no_debts": "All books are returned.",
        "back": "Back to the console",
    },
}

ROLES: Mapping[Language, Mapping[Role, str]] = {
    Language.RU: {
        Role.LIBRARIAN: "библиотекарь",
        Role.HEAD: "заведующая",
        Role.ENGINEER: "инженер",
        Role.TEACHER: "учитель",
    },
    Language.EN: {
        Role.LIBRARIAN: "librarian",
        Role.HEAD: "head of the library",
        Role.ENGINEER: "engineer",
        Role.TEACHER: "teacher",
    },
}
