"""Views as the session makes them, in Russian and English, with the words of the kiosk."""

from dataclasses import replace

from circulation.selfservice import Harm
from kiosk.errands import KEYS, Letters
from kiosk.view import Notice, Place, Row, ScreenName, Tone, View, Weight
from tests.kiosk.screens import class_views
from tests.kiosk.screens.view_parts import action, bar, row
from tests.kiosk.screens.view_words import BOOKS, words


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
            action("return", w["return"], icon="return"),
            action("account", w["account"], icon="account"),
            action("search", w["look"], icon="search"),
            action("borrow", w["borrow"], Weight.PRIMARY, "borrow"),
        ),
        bar=bar(language),
        status=w["offline"],
    )


def pad(language: str, count: int = 6) -> View:
    """Borrowing: `count` books on the pad, the newest on top."""
    w = words(language)
    tones = (Tone.BUSY, Tone.WAIT, Tone.DONE, Tone.DONE, Tone.STOP, Tone.DONE)
    rows = tuple(row(language, number, tones[number % len(tones)]) for number in range(count))
    return View(
        screen=ScreenName.PAD,
        language=language,
        title=w["pad"],
        subtitle=w["name"],
        spoken=w["pad"],
        count=w["count"] if count else "",
        rows=rows,
        actions=(
            action("account", w["account"], icon="account"),
            action("finish", w["finish"], Weight.PRIMARY, "finish"),
        ),
        bar=bar(language),
    )


def pad_told(language: str) -> View:
    """One book is lent, and said to be."""
    told = replace(row(language, 2, Tone.DONE), spoken=words(language)["told"])
    return replace(pad(language, 1), rows=(told,))


def warning(language: str) -> View:
    """The person has been still for a while."""
    w = words(language)
    return replace(
        pad(language, 12),
        notice=Notice(w["left"], Tone.WAIT),
        seconds_left=14,
        seconds_total=20,
        actions=(
            action("finish", w["finish"], icon="finish"),
            action("continue", w["continue"], Weight.PRIMARY, "continue"),
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
            action("finish", w["unsafe"], Weight.PRIMARY, "finish"),
            action("return", w["return"], icon="return"),
            action("account", w["account"], icon="account"),
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
        actions=(action("finish", w["unsafe"], Weight.PRIMARY, "finish"),),
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
    rows = (replace(row(language, n + 5, Tone.DONE), note=w["accepted"]) for n in range(3))
    return replace(
        pad(language, 3),
        title=w["return"],
        subtitle="",
        count=w["three"],
        rows=tuple(replace(one, place=place) for one, place in zip(rows, places, strict=True)),
        actions=(
            action("finish", w["finish"], Weight.PRIMARY, "finish"),
            action("receipt", w["receipt"], icon="receipt"),
            action("borrow", w["borrow"], icon="borrow"),
            action("damage", w["damage"], icon="damage"),
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
        actions=(action("home", w["home"], Weight.PRIMARY, "back"),),
        bar=bar(language),
    )


def account(language: str) -> View:
    """What Anna has at home."""
    w = words(language)
    renew = [action(f"renew:{n}", w["renew"], Weight.PLAIN, "renew") for n in range(4)]
    notes = ((Tone.STOP, "late", None), (Tone.DONE, "renewed", None))
    rows = [
        Row(str(n), BOOKS[n].title, BOOKS[n].author, w[note], tone, BOOKS[n], offer)
        for n, (tone, note, offer) in enumerate(
            (*notes, (Tone.INFO, "until", renew[2]), (Tone.INFO, "no_renew", None))
        )
    ]
    rows.append(
        Row("4", BOOKS[4].title, BOOKS[4].author, w["until"], Tone.INFO, BOOKS[4], renew[3])
    )
    give_up = action("cancel:1", w["cancel"], icon="cancel")
    really = action("cancel:2", w["yes_cancel"], icon="cancel")
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
            action("renew_all", w["renew_all"], icon="renew"),
            action("finish", w["finish"], Weight.PRIMARY, "finish"),
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
            action("retry", w["retry"], icon="retry"),
            action("staff", w["staff"], Weight.PRIMARY, "staff"),
        ),
        bar=bar(language),
    )


def pin(language: str) -> View:
    """The librarian's door: two of four digits were entered, after a wrong number."""
    w = words(language)
    keys = [action(f"digit:{digit}", digit) for digit in "1234567890"]
    return View(
        screen=ScreenName.PIN,
        language=language,
        title=w["librarian"],
        spoken=w["librarian"],
        subtitle="••",
        notice=Notice(w["wrong"], Tone.STOP),
        actions=(
            action("service_close", w["close"], Weight.PRIMARY, "back"),
            *keys,
            action("erase", w["erase"], icon="erase"),
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
            action("service_close", w["close"], Weight.PRIMARY, "back"),
            action("test_sound", w["try"], icon="sound"),
            action("restart_readers", w["restart"], icon="retry"),
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
            action("find", w["find"], Weight.PRIMARY, "search"),
            action("finish", w["back"], icon="back"),
            *(action(f"type:{character}", character) for character in KEYS[letters]),
            action("space", w["blank"], icon="space"),
            action("untype", w["erase"], icon="erase"),
            action("letters", w["other_keys"], icon="latin"),
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
            action("other_words", w["other_words"], Weight.PRIMARY, "letters"),
            action("finish", w["home"], icon="back"),
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
            action("damage_close", w["back"], Weight.PRIMARY, "back"),
            *(action(f"harm:{harm}", w[harm], icon=harm) for harm in Harm),
            action("damage_book", w["another"], icon="book"),
            action("finish", w["finish"], icon="finish"),
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
    wake = action("wake", w["continue"], Weight.PRIMARY, "continue")
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
            action("access_done", w["back"], Weight.PRIMARY, "back"),
            *(
                replace(action(each, w[each], icon=each), on=each == "extra_time")
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
