"""Views as the session makes them, in Russian and English, with the words of the kiosk."""

from dataclasses import replace

from circulation.selfservice import Harm
from kiosk.errands import KEYS, Letters
from kiosk.view import Action, Cover, Notice, Place, Row, ScreenName, Tone, View, Weight
from tests.kiosk.screens import class_views

RU, EN = "ru", "en"

_WORDS: dict[str, dict[str, str]] = {
    RU: {
        "english": "English",
        "look": "Найти книгу",
        "closed": "Библиотека закрыта",
        "opens": "Откроется завтра в 9:00",
        "receipt": "Готово, с чеком",
        "damage": "Книга повреждена",
        "wrong_book": "Что случилось с книгой?",
        "torn": "Порвана",
        "wet": "Промокла",
        "pages_missing": "Нет страниц",
        "another": "Другая книга",
        "cancel": "Отменить",
        "yes_cancel": "Да, отменить",
        "sure": "Отменить заказ? Нажмите ещё раз",
        "which": "Какую книгу вы ищете?",
        "find": "Найти",
        "blank": "Пробел",
        "other_keys": "Другие клавиши",
        "other_words": "Другие слова",
        "here": "Абонемент · на месте 2 из 3",
        "rooms": "Абонемент, Читальный зал младших классов · на месте 4 из 12",
        "away": "Сейчас все книги на руках. Её можно заказать у библиотекаря",
        "help": "Помощь",
        "letters": "Буквы",
        "contrast": "Контраст",
        "for_me": "Для меня",
        "how": "Как вам удобнее?",
        "back": "Назад",
        "low_reach": "Кнопки ниже",
        "extra_time": "Больше времени",
        "pictograms": "Картинки",
        "speech": "Читать вслух",
        "start": "Здравствуйте!",
        "start_sub": "Приложите читательский билет или положите книги на полку",
        "borrow": "Взять книги",
        "return": "Вернуть книги",
        "account": "Мой формуляр",
        "offline": "Нет связи: работаю автономно",
        "pad": "Положите книги на полку",
        "name": "Анна П., 5 «Б»",
        "count": "6 книг",
        "finish": "Готово",
        "done": "Записано · до 14 октября",
        "told": "Книга 1. Записано, до 14 октября",
        "busy": "Не двигайте книгу, читаю метку",
        "wait": "Записано. Положите книгу обратно на 2\N{NO-BREAK SPACE}секунды",
        "stop": "Только для читального зала. RC-12",
        "left": "Вы ещё здесь? Сеанс завершится через 14\N{NO-BREAK SPACE}секунд",
        "continue": "Продолжить",
        "mine": "Мой формуляр",
        "on_loan": "5 книг",
        "renew": "Продлить",
        "until": "До 14 октября",
        "late": "Просрочена на 3 дня. Верните книгу",
        "renewed": "Продлено до 28 октября",
        "no_renew": "Учебник · до 31 мая",
        "renew_all": "Продлить все",
        "problem": "Терминал временно не работает",
        "problem_text": "Позовите библиотекаря. Ваши книги записаны, с ними ничего не случилось.",
        "retry": "Попробовать снова",
        "staff": "Позвать библиотекаря",
        "unknown": "Новая книга",
        "three": "3 книги",
        "librarian": "Для библиотекаря",
        "wrong": "Неверный код",
        "close": "Закрыть",
        "erase": "Стереть",
        "shelf": "Полка",
        "cards": "Считыватель билетов",
        "link": "Компьютер библиотеки",
        "printer": "Принтер чеков",
        "works": "Работает",
        "lost": "Не отвечает. Проверьте питание и кабель",
        "paper": "Бумага кончается, скоро нужен новый рулон",
        "try": "Проверить звук",
        "restart": "Перезапустить считыватели",
        "ready": "Готова к выдаче, № 0042 · до 5 октября",
        "waits": "Заказана, вы 2-й в очереди",
        "back_title": "Положите книгу обратно",
        "armed": "Записано на вас, защита ещё не снята",
        "to_staff": "Отдайте библиотекарю",
        "to_holds": "На полку заказов",
        "to_cart": "На тележку",
        "accepted": "Принято",
        "thanks": "Спасибо!",
        "result": "3 книги записаны на вас. Верните, пожалуйста, до 14 октября",
        "home": "В начало",
        "hello": "Здравствуйте, Константин П., 11 «Б»",
        "put_back": (
            "Книга записана на вас. "
            "Верните её на полку на 2\N{NO-BREAK SPACE}секунды — снимем защиту"
        ),
        "unsafe": "Готово (защита не снята: 1 книга)",
    },
    EN: {
        "english": "Русский",
        "look": "Find a book",
        "closed": "The library is closed",
        "opens": "It opens tomorrow at 9:00",
        "receipt": "Finish with a receipt",
        "damage": "The book is damaged",
        "wrong_book": "What is wrong with the book?",
        "torn": "It is torn",
        "wet": "It is wet",
        "pages_missing": "Pages are missing",
        "another": "Another book",
        "cancel": "Cancel",
        "yes_cancel": "Yes, cancel",
        "sure": "Cancel this order? Press once more",
        "which": "Which book do you look for?",
        "find": "Find",
        "blank": "Blank",
        "other_keys": "Other keys",
        "other_words": "Other words",
        "here": "Lending room · 2 of 3 here",
        "rooms": "Lending room, Reading room of the lower classes · 4 of 12 here",
        "away": "All copies are away now. The librarian can order it",
        "help": "Help",
        "letters": "Letters",
        "contrast": "Contrast",
        "for_me": "For me",
        "how": "What would make it easier for you?",
        "back": "Back",
        "low_reach": "Buttons lower",
        "extra_time": "More time",
        "pictograms": "Pictures",
        "speech": "Read aloud",
        "start": "Hello!",
        "start_sub": "Show your card or put your books on the pad",
        "borrow": "Borrow books",
        "return": "Return books",
        "account": "My account",
        "offline": "No connection: working on my own",
        "pad": "Put your books on the pad",
        "name": "Anna P., 5B",
        "count": "6 books",
        "finish": "Done",
        "done": "Borrowed · due 14 October",
        "told": "Book 1. Borrowed, due 14 October",
        "busy": "Keep the book still, reading its tag",
        "wait": "Borrowed. Put the book back for 2\N{NO-BREAK SPACE}seconds",
        "stop": "For the reading room only. RC-12",
        "left": "Still there? The session ends in 14 seconds",
        "continue": "Continue",
        "mine": "My account",
        "on_loan": "5 books",
        "renew": "Renew",
        "until": "Due 14 October",
        "late": "3 days overdue. Please return it",
        "renewed": "Renewed, due 28 October",
        "no_renew": "Textbook · due 31 May",
        "renew_all": "Renew all",
        "problem": "This desk is out of order for a moment",
        "problem_text": "Please call the librarian. Your books are recorded and safe.",
        "retry": "Try again",
        "staff": "Call the librarian",
        "unknown": "New book",
        "three": "3 books",
        "librarian": "For the librarian",
        "wrong": "That is not the number",
        "close": "Close",
        "erase": "Erase",
        "shelf": "Pad",
        "cards": "Card reader",
        "link": "Library's computer",
        "printer": "Receipt printer",
        "works": "Works",
        "lost": "Does not answer: look at power and cable",
        "paper": "The paper is nearly used up: put in a new roll soon",
        "try": "Try the sound",
        "restart": "Restart the readers",
        "ready": "Ready for you, № 0042 · until 5 October",
        "waits": "You wait: number 2 in the queue",
        "back_title": "Put the book back",
        "armed": "Lent to you, the security is still on",
        "to_staff": "To the librarian",
        "to_holds": "Onto the hold shelf",
        "to_cart": "Onto the cart",
        "accepted": "Accepted",
        "thanks": "Thank you!",
        "result": "3 books lent to you. Please return by 14 October",
        "home": "To the start",
        "hello": "Hello, Konstantin P., 11B",
        "put_back": (
            "The book is lent to you. Put it back for 2\N{NO-BREAK SPACE}seconds: security is on"
        ),
        "unsafe": "Finish (1 book unsafe)",
    },
}

_SHORT = {
    "Взять книги": "Взять",
    "Вернуть книги": "Вернуть",
    "Мой формуляр": "Мои",
    "Продлить все": "Продлить",
    "Продолжить": "Дальше",
    "Кнопки ниже": "Ниже",
    "Больше времени": "Дольше",
    "Читать вслух": "Вслух",
    "Готово (защита не снята: 1 книга)": "Готово",
    "Попробовать снова": "Снова",
    "Позвать библиотекаря": "Позвать",
    "Проверить звук": "Звук",
    "Перезапустить считыватели": "Заново",
    "Borrow books": "Borrow",
    "Return books": "Return",
    "My account": "Mine",
    "Renew all": "Renew",
    "Find a book": "Find",
    "Готово, с чеком": "Чек",
    "Найти книгу": "Найти",
    "Книга повреждена": "Порча",
    "Другая книга": "Другая",
    "Finish with a receipt": "Receipt",
    "The book is damaged": "Damaged",
    "Another book": "Another",
    "Other words": "Words",
    "Buttons lower": "Lower",
    "More time": "Slower",
    "Read aloud": "Aloud",
    "Finish (1 book unsafe)": "Finish",
    "Try again": "Again",
    "Call the librarian": "Call",
    "Try the sound": "Sound",
    "Restart the readers": "Restart",
}

BOOKS = (
    Cover("Капитанская дочка", "Пушкин А. С.", "84"),
    Cover("Алгебра. 8 класс", "Макарычев Ю. Н.", "22.14"),
    Cover("Атлас мира", "", "26.8"),
    Cover("Мой дедушка был вишней", "Нанетти А.", "84"),
    Cover(
        "Экспериментальные задачи по физике для учащихся 7–9 классов и учителей "
        "общеобразовательных учреждений с углублённым изучением предмета",
        "Антипин И. Г.",
        "22.3",
    ),
    Cover("«Слово о полку Игореве»", "", "84"),
    Cover("История России. 6 класс. Часть 1", "Арсентьев Н. М.", "63.3"),
    Cover("Занимательная химия", "Левашов В. И.", "24"),
    Cover("Денискины рассказы", "Драгунский В. Ю.", "84"),
    Cover("Большой орфографический словарь русского языка", "", "81.2"),
    Cover("Сто великих художников", "Самин Д. К.", "85"),
    Cover("Война и мир. Том 1", "Толстой Л. Н.", "84"),
)


def words(language: str) -> dict[str, str]:
    """All words of one language."""
    return _WORDS[language]


def start(language: str) -> View:
    """Nobody is here."""
    w = words(language)
    return View(
        screen=ScreenName.START,
        language=language,
        title=w["start"],
        subtitle=w["start_sub"],
        spoken=w["start_sub"],
        actions=(
            _action("return", w["return"], icon="return"),
            _action("account", w["account"], icon="account"),
            _action("search", w["look"], icon="search"),
            _action("borrow", w["borrow"], Weight.PRIMARY, "borrow"),
        ),
        bar=bar(language),
        status=w["offline"],
    )


def pad(language: str, count: int = 6) -> View:
    """Borrowing: `count` books on the pad, the newest on top."""
    w = words(language)
    tones = (Tone.BUSY, Tone.WAIT, Tone.DONE, Tone.DONE, Tone.STOP, Tone.DONE)
    rows = tuple(_row(language, number, tones[number % len(tones)]) for number in range(count))
    return View(
        screen=ScreenName.PAD,
        language=language,
        title=w["pad"],
        subtitle=w["name"],
        spoken=w["pad"],
        count=w["count"] if count else "",
        rows=rows,
        actions=(
            _action("account", w["account"], icon="account"),
            _action("finish", w["finish"], Weight.PRIMARY, "finish"),
        ),
        bar=bar(language),
    )


def pad_told(language: str) -> View:
    """One book is lent, and said to be."""
    row = replace(_row(language, 2, Tone.DONE), spoken=words(language)["told"])
    return replace(pad(language, 1), rows=(row,))


def warning(language: str) -> View:
    """The person has been still for a while."""
    w = words(language)
    return replace(
        pad(language, 12),
        notice=Notice(w["left"], Tone.WAIT),
        seconds_left=14,
        seconds_total=20,
        actions=(
            _action("finish", w["finish"], icon="finish"),
            _action("continue", w["continue"], Weight.PRIMARY, "continue"),
        ),
    )


def crowded(language: str) -> View:
    """The most that the session puts on one screen: greeting, long notice, three long actions."""
    w = words(language)
    return replace(
        pad(language),
        title=w["borrow"],
        subtitle=w["hello"],
        notice=Notice(w["put_back"], Tone.WAIT),
        actions=(
            _action("finish", w["unsafe"], Weight.PRIMARY, "finish"),
            _action("return", w["return"], icon="return"),
            _action("account", w["account"], icon="account"),
        ),
        status=w["offline"],
    )


def put_back(language: str) -> View:
    """One book of three was lifted before its tag was silenced."""
    w = words(language)
    armed, *safe = pad(language, 4).rows[1:]
    rows = (replace(armed, note=w["armed"]), *safe)
    return replace(
        crowded(language),
        screen=ScreenName.PUT_BACK,
        title=w["back_title"],
        subtitle=w["name"],
        count=w["three"],
        rows=rows,
        actions=(_action("finish", w["unsafe"], Weight.PRIMARY, "finish"),),
        status="",
    )


def returned(language: str) -> View:
    """Three books came back, each to another place."""
    w = words(language)
    places = (
        Place("staff", w["to_staff"], Tone.WAIT),
        Place("hold_shelf", w["to_holds"], Tone.INFO),
        Place("cart", w["to_cart"], Tone.DONE),
    )
    rows = (replace(_row(language, n + 5, Tone.DONE), note=w["accepted"]) for n in range(3))
    return replace(
        pad(language, 3),
        title=w["return"],
        subtitle="",
        count=w["three"],
        rows=tuple(replace(row, place=place) for row, place in zip(rows, places, strict=True)),
        actions=(
            _action("finish", w["finish"], Weight.PRIMARY, "finish"),
            _action("receipt", w["receipt"], icon="receipt"),
            _action("borrow", w["borrow"], icon="borrow"),
            _action("damage", w["damage"], icon="damage"),
        ),
    )


def done(language: str) -> View:
    """A session is over."""
    w = words(language)
    return View(
        screen=ScreenName.DONE,
        language=language,
        title=w["thanks"],
        spoken=w["thanks"],
        count=w["three"],
        notice=Notice(w["result"], Tone.DONE),
        actions=(_action("home", w["home"], Weight.PRIMARY, "back"),),
        bar=bar(language),
    )


def account(language: str) -> View:
    """What Anna has at home."""
    w = words(language)
    renew = [_action(f"renew:{n}", w["renew"], Weight.PLAIN, "renew") for n in range(4)]
    notes = ((Tone.STOP, "late", None), (Tone.DONE, "renewed", None))
    rows = [
        Row(str(n), BOOKS[n].title, BOOKS[n].author, w[note], tone, BOOKS[n], action)
        for n, (tone, note, action) in enumerate(
            (*notes, (Tone.INFO, "until", renew[2]), (Tone.INFO, "no_renew", None))
        )
    ]
    rows.append(
        Row("4", BOOKS[4].title, BOOKS[4].author, w["until"], Tone.INFO, BOOKS[4], renew[3])
    )
    give_up = _action("cancel:1", w["cancel"], icon="cancel")
    really = _action("cancel:2", w["yes_cancel"], icon="cancel")
    ready = Row("hold/1", BOOKS[2].title, "", w["ready"], Tone.DONE, BOOKS[2], give_up)
    waits = Row("hold/2", BOOKS[11].title, "", w["sure"], Tone.WAIT, BOOKS[11], really)
    rows = [rows[0], ready, *rows[1:], waits]
    return View(
        screen=ScreenName.ACCOUNT,
        language=language,
        title=w["mine"],
        subtitle=w["name"],
        spoken=w["mine"],
        count=w["on_loan"],
        rows=tuple(rows),
        actions=(
            _action("renew_all", w["renew_all"], icon="renew"),
            _action("finish", w["finish"], Weight.PRIMARY, "finish"),
        ),
        bar=bar(language),
    )


def problem(language: str) -> View:
    """The desk cannot go on."""
    w = words(language)
    return View(
        screen=ScreenName.PROBLEM,
        language=language,
        title=w["problem"],
        spoken=w["problem"],
        notice=Notice(w["problem_text"], Tone.STOP),
        actions=(
            _action("retry", w["retry"], icon="retry"),
            _action("staff", w["staff"], Weight.PRIMARY, "staff"),
        ),
        bar=bar(language),
    )


def pin(language: str) -> View:
    """The librarian's door: two of four digits were entered, after a wrong number."""
    w = words(language)
    keys = [_action(f"digit:{digit}", digit) for digit in "1234567890"]
    return View(
        screen=ScreenName.PIN,
        language=language,
        title=w["librarian"],
        spoken=w["librarian"],
        subtitle="••",
        notice=Notice(w["wrong"], Tone.STOP),
        actions=(
            _action("service_close", w["close"], Weight.PRIMARY, "back"),
            *keys,
            _action("erase", w["erase"], icon="erase"),
        ),
    )


def service(language: str) -> View:
    """How the devices are: one works, one is lost, one wants paper."""
    w = words(language)
    devices = (
        ("shelf", w["shelf"], w["works"], Tone.DONE),
        ("card", w["cards"], w["lost"], Tone.STOP),
        ("link", w["link"], w["works"], Tone.DONE),
        ("receipt", w["printer"], w["paper"], Tone.WAIT),
    )
    return View(
        screen=ScreenName.SERVICE,
        language=language,
        title=w["librarian"],
        spoken=w["librarian"],
        rows=tuple(
            Row(icon, name, "", note, tone, icon=icon) for icon, name, note, tone in devices
        ),
        actions=(
            _action("service_close", w["close"], Weight.PRIMARY, "back"),
            _action("test_sound", w["try"], icon="sound"),
            _action("restart_readers", w["restart"], icon="retry"),
        ),
        bar=bar(language),
    )


def search(language: str, letters: Letters = Letters.CYRILLIC) -> View:
    """A question to the catalogue is being typed."""
    w = words(language)
    return View(
        screen=ScreenName.SEARCH,
        language=language,
        title=w["which"],
        spoken=w["which"],
        typed="денискины рас",
        actions=(
            _action("find", w["find"], Weight.PRIMARY, "search"),
            _action("finish", w["back"], icon="back"),
            *(_action(f"type:{character}", character) for character in KEYS[letters]),
            _action("space", w["blank"], icon="space"),
            _action("untype", w["erase"], icon="erase"),
            _action("letters", w["other_keys"], icon="latin"),
        ),
    )


def found(language: str) -> View:
    """What the catalogue has: here, in two rooms, and all copies away."""
    w = words(language)
    notes = ((Tone.DONE, "here", "84(2) Д 72"), (Tone.DONE, "rooms", "84(4) Н 25"))
    rows = [
        Row(str(n), book.title, book.author, w[note], tone, book, place=Place("shelf", at, tone))
        for n, (book, (tone, note, at)) in enumerate(zip((BOOKS[8], BOOKS[3]), notes, strict=True))
    ]
    rows.append(Row("9", BOOKS[11].title, BOOKS[11].author, w["away"], Tone.WAIT, BOOKS[11]))
    return View(
        screen=ScreenName.FOUND,
        language=language,
        title=w["which"],
        spoken=w["which"],
        count=w["three"],
        rows=tuple(rows),
        actions=(
            _action("other_words", w["other_words"], Weight.PRIMARY, "letters"),
            _action("finish", w["home"], icon="back"),
        ),
        bar=bar(language),
    )


def damage(language: str) -> View:
    """Three pictures of what may be wrong with one of two returned books."""
    w = words(language)
    return View(
        screen=ScreenName.DAMAGE,
        language=language,
        title=w["wrong_book"],
        subtitle=BOOKS[8].title,
        spoken=w["wrong_book"],
        actions=(
            _action("damage_close", w["back"], Weight.PRIMARY, "back"),
            *(_action(f"harm:{harm}", w[harm], icon=harm) for harm in Harm),
            _action("damage_book", w["another"], icon="book"),
            _action("finish", w["finish"], icon="finish"),
        ),
        bar=bar(language),
    )


def closed(language: str) -> View:
    """Nobody is here before tomorrow."""
    w = words(language)
    return View(
        screen=ScreenName.CLOSED,
        language=language,
        title=w["closed"],
        spoken=w["closed"],
        notice=Notice(w["opens"], Tone.INFO),
        bar=bar(language),
    )


def dark(language: str) -> View:
    """The panel at night."""
    w = words(language)
    wake = _action("wake", w["continue"], Weight.PRIMARY, "continue")
    title = w["start"]
    return View(ScreenName.DARK, language, title=title, spoken=title, actions=(wake,))


def access(language: str) -> View:
    """The panel of wishes, one of them switched on."""
    w = words(language)
    switches = ("low_reach", "extra_time", "pictograms", "speech")
    return View(
        screen=ScreenName.ACCESS,
        language=language,
        title=w["how"],
        spoken=w["how"],
        actions=(
            _action("access_done", w["back"], Weight.PRIMARY, "back"),
            *(
                replace(_action(each, w[each], icon=each), on=each == "extra_time")
                for each in switches
            ),
        ),
        bar=bar(language),
    )


def for_somebody(view: View, wishes: str) -> View:
    """The view as a person wants it: «1.25 contrast low», in any order."""
    words = wishes.split()
    scale = next((float(word) for word in words if word[0].isdigit()), 1.0)
    return replace(
        view,
        text_scale=scale,
        contrast="contrast" in words,
        low_reach="low" in words,
        pictograms="pictures" in words,
    )


def with_disabled_primary(view: View) -> View:
    """The same view while its primary action cannot be taken."""
    actions = (replace(each, enabled=each.weight is not Weight.PRIMARY) for each in view.actions)
    return replace(view, actions=tuple(actions))


def bar(language: str) -> tuple[Action, ...]:
    """What every screen has."""
    w = words(language)
    return (
        _action("language", w["english"], Weight.SMALL, "language"),
        _action("text_size", w["letters"], Weight.SMALL, "text_size"),
        _action("contrast", w["contrast"], Weight.SMALL, "contrast"),
        _action("access", w["for_me"], Weight.SMALL, "access"),
        _action("help", w["help"], Weight.SMALL, "help"),
    )


def _row(language: str, number: int, tone: Tone) -> Row:
    w = words(language)
    book = BOOKS[number % len(BOOKS)]
    if tone is Tone.BUSY:
        return Row(str(number), w["unknown"], "", w["busy"], tone)
    return Row(str(number), book.title, book.author, w[tone.value], tone, book)


def _action(
    action_id: str, label: str, weight: Weight = Weight.PLAIN, icon: str = "", enabled: bool = True
) -> Action:
    short = _SHORT.get(label, "")
    return Action(action_id, label, label, weight, icon, enabled, short)


SCREENS = {
    "start": start,
    "class": class_views.between,
    "class_list": class_views.class_list,
    "pad_empty": lambda language: pad(language, 0),
    "pad": pad,
    "warning": warning,
    "crowded": crowded,
    "put_back": put_back,
    "returned": returned,
    "done": done,
    "account": account,
    "access": access,
    "search": search,
    "search_latin": lambda language: search(language, Letters.LATIN),
    "found": found,
    "damage": damage,
    "closed": closed,
    "pin": pin,
    "service": service,
    "problem": problem,
}
"""Every state of every screen that the tests look at."""
