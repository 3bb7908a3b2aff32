"""The service screen: one row for each device, how it is, and what to do about it."""

from circulation.reasons import Reason
from kiosk.events import Paper
from kiosk.i18n import Texts, mark
from kiosk.service import Surroundings, Trusted
from kiosk.state import Stage, State, Trouble
from kiosk.view import Notice, Row, Tone
from kiosk.wording import in_words, sentences

_PAPER = {
    Paper.NONE: (mark("There is none at this terminal"), Tone.INFO),
    Paper.UNKNOWN: (mark("Not looked at yet"), Tone.BUSY),
    Paper.OK: (mark("Works"), Tone.DONE),
    Paper.LOW: (mark("The paper is nearly used up: put in a new roll soon"), Tone.WAIT),
    Paper.OUT: (mark("No paper: put in a new roll"), Tone.STOP),
    Paper.LOST: (mark("Does not answer: look at power and cable"), Tone.STOP),
}


def service_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """What a librarian looks after, the things that readers notice first on top."""
    works, lost = texts.say("Works"), texts.say("Does not answer: look at power and cable")
    paper, paper_tone = _PAPER[state.paper]
    return (
        _row("shelf", texts.say("Pad"), *_pad(state, texts)),
        _row("card", texts.say("Card reader"), *_either(state.card_reader_ok, works, lost)),
        _row("link", texts.say("Library's computer"), *_link(state, texts)),
        _row("receipt", texts.say("Receipt printer"), texts.say(paper), paper_tone),
        *_looked_at(state, texts),
    )


def pin_notice(state: State, texts: Texts) -> Notice | None:
    """Why a number did not open the door."""
    if state.door.is_shut(state.now):
        minutes = max(1, round((state.door.shut_until - state.now) / 60))
        text = texts.count(
            "Too many wrong numbers. Try again in {n} minute",
            "Too many wrong numbers. Try again in {n} minutes",
            minutes,
        )
        return Notice(text, Tone.STOP)
    if state.door.wrong and not state.door.entered:
        return Notice(texts.say("That is not the number"), Tone.STOP)
    return None


def _pad(state: State, texts: Texts) -> tuple[str, Tone]:
    if state.stage is not Stage.PROBLEM:
        practice = texts.say("Practice reader")
        return (practice, Tone.INFO) if state.simulated else (texts.say("Works"), Tone.DONE)
    match state.trouble:
        case Trouble.STARTING:
            return texts.say("One moment…"), Tone.BUSY
        case Trouble.SIMULATED_READER:
            text = texts.say("The pad is only a simulated one and must not lend real books")
            return text, Tone.STOP
        case _:
            return texts.say("Does not answer: look at power and cable"), Tone.STOP


def alone_status(state: State, texts: Texts) -> str:
    """That this kiosk decides by itself, and near the end of its trust for how long still."""
    match state.hours_alone:
        case None:
            return texts.say("No connection: working on my own")
        case 0:
            return texts.say("No connection for too long: only returns")
        case hours:
            return texts.count(
                "No connection: working on my own for {n} more hour",
                "No connection: working on my own for {n} more hours",
                hours,
            )


def _trusted(trusted: Trusted | None, texts: Texts) -> tuple[str, Tone]:
    if trusted is None:
        return texts.say("Only returns: there is no snapshot of the ledger"), Tone.WAIT
    at = trusted.at.astimezone().strftime("%d.%m.%Y %H:%M")
    snapshot = texts.say("Snapshot of {at}", at=at)
    if not trusted.hours_left:
        return sentences(snapshot, texts.say("Too old: only returns")), Tone.STOP
    hours = texts.count("Good for {n} more hour", "Good for {n} more hours", trusted.hours_left)
    return sentences(snapshot, hours), Tone.WAIT if trusted.near else Tone.DONE


def _link(state: State, texts: Texts) -> tuple[str, Tone]:
    if state.alone:
        return alone_status(state, texts), Tone.WAIT
    if not state.online:
        return in_words(Reason.NO_CONNECTION, texts), Tone.STOP
    return texts.say("Works"), Tone.DONE


def _looked_at(state: State, texts: Texts) -> tuple[Row, ...]:
    """What the shell looked at since the door was opened."""
    seen = state.surroundings
    if seen is None:
        return ()
    works, mute = texts.say("Works"), texts.say("No sound card answers")
    speech = texts.say("Works") if state.config.can_speak else texts.say("espeak-ng is missing")
    waits = texts.count("{n} message waits to be sent", "{n} messages wait to be sent", seen.unsent)
    sent = texts.say("Everything is sent")
    return (
        _row("sound", texts.say("Sound"), *_either(seen.sound, works, mute)),
        _row("speech", texts.say("Voice"), speech, _good(state.config.can_speak)),
        _row("outbox", texts.say("Outbox"), *_either(not seen.unsent, sent, waits, Tone.WAIT)),
        _row("snapshot", texts.say("Without a network"), *_trusted(seen.trusted, texts)),
        _row("clock", texts.say("Clock"), *_clock(seen, texts)),
    )


def _clock(seen: Surroundings, texts: Texts) -> tuple[str, Tone]:
    """A clock that nobody has set makes a fact of an unknown hour, and lends nothing alone."""
    time = seen.clock.strftime("%d.%m.%Y %H:%M")
    if seen.clock_sure:
        return time, Tone.DONE
    return sentences(time, texts.say("Not set by a network yet: compare it")), Tone.WAIT


def _either(good: bool, yes: str, no: str, bad: Tone = Tone.STOP) -> tuple[str, Tone]:
    return (yes, Tone.DONE) if good else (no, bad)


def _good(good: bool) -> Tone:
    return Tone.DONE if good else Tone.STOP


def _row(icon: str, name: str, note: str, tone: Tone) -> Row:
    return Row(f"device/{icon}", name, "", note, tone, spoken=f"{name}. {note}", icon=icon)
