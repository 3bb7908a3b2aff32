"""Everything to be seen and heard at a station, from its state. Pure."""

from circulation.tags.item_tag import TagProblem
from kiosk.i18n import Texts, mark
from kiosk.station.events import SeenTag
from kiosk.station.present_actions import actions, bar
from kiosk.station.present_forms import arrival_rows, choice_rows, list_rows, sign_in_rows
from kiosk.station.state import Job, LogLine, ReaderWord, Stage, State
from kiosk.station.words import LAYOUTS, ask, tell, tell_ending
from kiosk.view import Cover, Notice, Row, ScreenName, Tone, View
from kiosk.wording import sentences

_LISTS = frozenset({Stage.SIGN_IN, Stage.CHOOSE, Stage.LIST, Stage.NARROW, Stage.ARRIVAL})
_TITLES = {
    Stage.SIGN_IN: mark("Who works here?"),
    Stage.NUMBER: mark("Scan the number of a book"),
    Stage.CHOOSE: mark("Several copies have this number. Which one is it?"),
    Stage.LIST: mark("Copies without a tag"),
    Stage.NARROW: mark("Show which ones?"),
    Stage.CONVERT: mark("Lay a stack of books with old tags on the pad"),
    Stage.ARRIVAL: mark("New arrivals"),
}
_CURSOR = "|"


def present(state: State, texts: Texts) -> View:
    """The whole screen; what is spoken is on it as well."""
    if state.reader is not ReaderWord.OK:
        return _problem(state, texts)
    title, notice = _title(state, texts), _notice(state, texts)
    subtitle = _subtitle(state, texts)
    shown = actions(state, texts)
    return View(
        screen=ScreenName.ACCOUNT if state.stage in _LISTS else ScreenName.PAD,
        language=state.config.language,
        title=title,
        spoken=sentences(title, subtitle, notice.text if notice else ""),
        subtitle=subtitle,
        count=texts.count("{n} tag", "{n} tags", state.written) if state.operator else "",
        rows=_rows(state, texts),
        actions=shown,
        bar=bar(state, texts),
        notice=notice,
        status=_status(state, texts),
        focus=None if state.focus is None or not shown else state.focus % len(shown),
        speech=state.config.speech,
        private=True,  # no person is named here; titles may be heard
    )


def _problem(state: State, texts: Texts) -> View:
    words = {
        ReaderWord.STARTING: (texts.say("One moment: the pad wakes up"), Tone.BUSY),
        ReaderWord.LOST: (
            texts.say("The pad does not answer. Check its plug and cable"),
            Tone.STOP,
        ),
        ReaderWord.REFUSED: (
            texts.say("A simulated pad: it is not used here. Connect a real one"),
            Tone.STOP,
        ),
    }
    text, tone = words[state.reader]
    title = texts.say("Encoding station")
    return View(
        screen=ScreenName.PROBLEM,
        language=state.config.language,
        title=title,
        spoken=sentences(title, text),
        notice=Notice(text, tone),
        speech=state.config.speech,
    )


def _title(state: State, texts: Texts) -> str:
    match state.stage:
        case Stage.NUMBER if state.typed:
            return state.typed + _CURSOR
        case Stage.BOOK:
            return _job_title(state, texts)
        case Stage.UNDO:
            title = state.last.job.copy.title if state.last else ""
            return texts.say("Lay down once more: {title}", title=title)
        case stage:
            return texts.say(_TITLES[stage])


def _job_title(state: State, texts: Texts) -> str:
    if state.job is None:
        return ""
    if state.typed:
        return state.typed + _CURSOR
    if state.writing is not None:
        return texts.say("Writing: {title}", title=state.job.copy.title)
    return texts.say("Lay down: {title}", title=state.job.copy.title)


def _subtitle(state: State, texts: Texts) -> str:
    match state.stage:
        case Stage.BOOK if state.job is not None:
            return _job_words(state.job, texts)
        case Stage.LIST:
            return _filters(state, texts)
        case Stage.SIGN_IN if state.card_reader is ReaderWord.OK:
            return texts.say("Or lay your card on the reader")
        case _:
            return ""


def _job_words(job: Job, texts: Texts) -> str:
    copy = job.copy
    number = copy.item_id
    if copy.inventory_no and copy.inventory_no != number:
        number = f"{number} · {copy.inventory_no}"
    if copy.parts == 1:
        return number
    named = copy.part_names[job.part - 1] if job.part <= len(copy.part_names) else ""
    part = texts.say("part {part} of {parts}", part=job.part, parts=copy.parts)
    return f"{number} · {part}" + (f": {named}" if named else "")


def _filters(state: State, texts: Texts) -> str:
    listing = state.listing
    grade = texts.say("class {grade}", grade=listing.grade) if listing.grade else ""
    typed = f"{state.typed}{_CURSOR}" if state.typed else listing.text
    parts = [listing.place, listing.batch, grade, typed]
    total = listing.page.total if listing.page else None
    count = [] if total is None else [counted(texts.count("{n} copy", "{n} copies", total), total)]
    return " · ".join([*count, *(part for part in parts if part)])


def _notice(state: State, texts: Texts) -> Notice | None:
    if state.question is not None:
        return Notice(ask(state.question, texts), Tone.WAIT)
    if state.notice is not None:
        return Notice(*tell(state.notice, texts))
    return None


def _status(state: State, texts: Texts) -> str:
    parts = [state.operator] if state.operator else []
    if state.page_waits:
        parts.append(texts.say("A page in the browser waits for a card"))
    if state.card_reader is ReaderWord.LOST:
        parts.append(texts.say("The card reader does not answer"))
    if state.queue:
        parts.append(texts.say("{n} more in the list", n=len(state.queue)))
    if state.progress is not None:
        parts.append(_progress(state, texts))
    if state.unsent:
        parts.append(
            texts.count(
                "{n} message waits to be sent", "{n} messages wait to be sent", state.unsent
            )
        )
    if state.simulated:
        parts.append(texts.say("Practice reader"))
    return " · ".join(parts)


def _progress(state: State, texts: Texts) -> str:
    progress = state.progress
    if progress is None:
        return ""
    told = texts.say(
        "{tagged} of {copies} tagged",
        tagged=grouped(progress.tagged),
        copies=grouped(progress.copies),
    )
    if progress.estimate is None:
        return told
    least, most = progress.estimate.least_hours, progress.estimate.most_hours
    left = texts.say("{least} to {most} hours remain", least=round(least), most=round(most))
    return f"{told}, {left}"


def counted(text: str, number: int) -> str:
    """The counted text with its number in groups of three digits."""
    return text.replace(str(number), grouped(number))


def grouped(number: int) -> str:
    """«32 178», with a space that does not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def _rows(state: State, texts: Texts) -> tuple[Row, ...]:
    match state.stage:
        case Stage.SIGN_IN:
            return sign_in_rows(state, texts)
        case Stage.CHOOSE:
            return list_rows(state.found, texts)
        case Stage.LIST:
            return list_rows(state.listing.page.copies if state.listing.page else (), texts)
        case Stage.NARROW:
            return choice_rows(state.listing, texts)
        case Stage.ARRIVAL:
            return arrival_rows(state, texts)
        case _:
            lying = () if state.stage is not Stage.NUMBER else state.pad or ()
            content = (_content(seen, state, texts) for seen in lying if seen.uid not in state.held)
            return (*content, *(_line(line, texts) for line in state.lines))


def _line(line: LogLine, texts: Texts) -> Row:
    note, tone = tell_ending(line.ending, line.word, line.number, texts)
    number = line.number if line.parts == 1 else f"{line.number} ({line.part}/{line.parts})"
    return Row(
        key=str(line.key),
        title=line.title,
        author=number,
        note=note,
        tone=tone,
        cover=Cover(line.title, line.author, line.section),
        spoken=note,
    )


def _content(seen: SeenTag, state: State, texts: Texts) -> Row:
    """What stands on a tag that lies there, in words."""
    tag = seen.tag
    if TagProblem.BLANK in tag.problems:
        title, note = texts.say("A blank tag"), ""
    elif tag.item_id is None:
        title, note = texts.say("The tag says nothing that can be read"), LAYOUTS[tag.layout]
    else:
        title, note = str(tag.item_id), _content_words(seen, state, texts)
    return Row(
        key=seen.uid,
        title=title,
        author=seen.uid,
        note=note,
        tone=Tone.INFO,
        icon="tag",
        spoken=sentences(title, note),
    )


def _content_words(seen: SeenTag, state: State, texts: Texts) -> str:
    tag, face = seen.tag, seen.face
    armed = state.config.afi.is_armed(face.afi) if face else None
    words = {
        True: texts.say("security on"),
        False: texts.say("security off"),
        None: texts.say("security unknown"),
    }
    part = texts.say("part {part} of {parts}", part=tag.part or 1, parts=tag.parts or 1)
    return " · ".join(
        text for text in (tag.title, tag.owner, part, words[armed], LAYOUTS[tag.layout]) if text
    )
