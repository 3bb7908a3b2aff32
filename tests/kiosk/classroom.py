"""A class with its teacher at a kiosk, in the session's own words."""

from circulation.api import PatronView
from circulation.class_sets import ClassList, ClassPupil, StackAnswer, StackCopy, StackTick
from circulation.ids import CardUid
from circulation.textbooks import Purpose, Spare
from kiosk.class_errands import (
    ClassListed,
    ClassOpened,
    ClassOpening,
    ListClass,
    OpenClass,
)
from kiosk.effects import AskStack, ResolveCard
from kiosk.events import (
    CardPresented,
    CardRemoved,
    CardResolved,
    Pressed,
    StackAnswered,
)
from tests.kiosk.conftest import OWNER, copy_of
from tests.kiosk.test_textbooks import Week

TEACHER, BORIS, ANNA = (
    CardUid("04EE0000000001"),
    CardUid("04BB0000000001"),
    CardUid("04AA0000000001"),
)


NAMES = ("Анна П.", "Борис К.", "Вера Л.")


def patron(patron_id: str, name: str, class_name: str = "5А") -> PatronView:
    return PatronView(
        patron_id=patron_id,
        masked_name=name,
        class_name=class_name,
        blocked=(),
        open_loans=0,
        overdue_loans=0,
        can_still_borrow=5,
    )


class Classroom(Week):
    """A kiosk in the textbook week, and a teacher who comes with a class."""

    def shows(self, uid: CardUid, view: PatronView) -> None:
        """A card is laid on the reader, known, and taken away."""
        self.happens(CardPresented(uid))
        asked = self.take(ResolveCard)
        self.happens(CardResolved(asked.session, uid, view), CardRemoved())

    def teacher_opens(self, purpose: Purpose = Purpose.ISSUE) -> None:
        self.shows(TEACHER, patron("t-1", "Мария И.", ""))
        self.opened(purpose)
        self.take(AskStack)  # her own set, of which nobody waits for the answer any more

    def opened(self, purpose: Purpose = Purpose.ISSUE) -> None:
        asked = self.take(OpenClass)
        opening = ClassOpening("5А", purpose, 900.0)
        self.happens(ClassOpened(asked.session, asked.card, asked.patron_id, opening))

    def listed(self) -> None:
        """The names come."""
        asked = self.take(ListClass)
        self.happens(ClassListed(asked.session, class_list()))

    def picks(self, number: int) -> None:
        self.happens(Pressed("class_list"))
        self.listed()
        self.happens(Pressed(f"pick:{number}"))

    def finished(self) -> None:
        """The ledger lends the oldest wish and the tag is silenced."""
        self.ledger_lends()
        self.tag_disarmed()
        self.disk_keeps()

    def collected(self, out: int, *spare: tuple[str, Spare]) -> None:
        """The ledger compares the stack: `out` copies of one title have to come back."""
        asked = self.take(AskStack)
        others = dict(spare)
        take = [copy.item for copy in asked.copies if copy.item not in others]
        answer = StackAnswer(
            patron=patron("p-1", "Анна П."),
            purpose=asked.purpose,
            ticks=(
                StackTick(
                    title_id=1,
                    title="Учебник A",
                    author="",
                    section="",
                    wanted=out,
                    held=0,
                    on_pad=len(take),
                    missing=out - len(take),
                ),
            ),
            take=tuple(named(item) for item in take),
            spare=tuple(named(item, why) for item, why in spare if copy_of(item) in asked.copies),
            unknown=(),
            ambiguous=(),
            complete=False,
        )
        self.happens(StackAnswered(asked.session, answer))

    def offers(self) -> list[str]:
        return [action.id for action in self.view().actions]


def named(item: str, why: Spare | None = None) -> StackCopy:
    return StackCopy(owner=OWNER, item_id=item, title="", author="", why=why)


def class_list(purpose: Purpose = Purpose.ISSUE) -> ClassList:
    pupils = tuple(
        ClassPupil(patron_id=f"p-{n}", number=n, name=name, wanted=2, held=n - 1, has_card=n != 1)
        for n, name in enumerate(NAMES, 1)
    )
    return ClassList(class_name="5А", year=2027, purpose=purpose, pupils=pupils)
