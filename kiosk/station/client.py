"""The controller as a station asks it: numbers, tags, lists, titles, and who works here."""

import httpx2

from circulation.api import Refusal
from circulation.desk import (
    OPERATOR,
    OPERATOR_CARD,
    OPERATOR_LEAVE,
    OperatorCard,
    OperatorSignIn,
    OperatorView,
)
from circulation.encoding import (
    ARRIVALS,
    ARRIVALS_TITLE,
    CARD_WISH,
    ENCODING_CHECK,
    ENCODING_CHOICES,
    ENCODING_FIND,
    ENCODING_PROGRESS,
    ENCODING_UNTAGGED,
    ArrivalReceipt,
    ArrivalRequest,
    CardSeen,
    CardWish,
    Choices,
    CopiesFound,
    IsbnQuery,
    NumberQuery,
    Progress,
    TagHolder,
    TagQuery,
    TitlesFound,
    Untagged,
    UntaggedQuery,
)
from circulation.ids import CardUid, TagUid
from kiosk.client import ControllerClient, read_answer
from kiosk.events import NoAnswer

Said = NoAnswer | Refusal


PATIENCE_S = 35.0  # for the catalogue behind the controller, which has a limit of its own


class StationClient(ControllerClient):
    """One controller. Safe to use from several threads; every call ends in a value."""

    def find_number(self, number: str) -> CopiesFound | Said:
        """Which copies have this number."""
        return self._post(ENCODING_FIND, NumberQuery(number=number).model_dump_json(), CopiesFound)

    def check_tag(self, uid: TagUid) -> TagHolder | Said:
        """Whose tag it is."""
        return self._post(ENCODING_CHECK, TagQuery(uid=uid).model_dump_json(), TagHolder)

    def list_untagged(self, query: UntaggedQuery) -> Untagged | Said:
        """A page of copies without tags."""
        return self._post(ENCODING_UNTAGGED, query.model_dump_json(), Untagged)

    def choices(self) -> Choices | Said:
        """What the list can be narrowed to."""
        return self._ask("GET", ENCODING_CHOICES, None, Choices)

    def progress(self) -> Progress | Said:
        """How far the stock is."""
        return self._ask("GET", ENCODING_PROGRESS, None, Progress)

    def operator(self) -> OperatorView | Said:
        """Who works here."""
        return self._ask("GET", OPERATOR, None, OperatorView)

    def sign_in(self, login: str, password: str) -> OperatorView | Said:
        """Begin to work."""
        body = OperatorSignIn(login=login, password=password)
        return self._post(OPERATOR, body.model_dump_json(), OperatorView)

    def sign_in_by_card(self, uid: CardUid) -> OperatorView | Said:
        """Begin to work by a card of the staff."""
        return self._post(OPERATOR_CARD, OperatorCard(uid=uid).model_dump_json(), OperatorView)

    def card_wish(self) -> CardWish | Said:
        """Whether a page of the console waits for a card."""
        return self._ask("GET", CARD_WISH, None, CardWish)

    def tell_card(self, uid: CardUid) -> CardWish | Said:
        """The card that lies there, for that page."""
        return self._post(CARD_WISH, CardSeen(uid=uid).model_dump_json(), CardWish)

    def sign_out(self) -> OperatorView | Said:
        """Leave."""
        return self._ask("POST", OPERATOR_LEAVE, None, OperatorView)

    def find_title(self, isbn: str) -> TitlesFound | Said:
        """What an ISBN stands for; the catalogue behind the controller may take its time."""
        body = IsbnQuery(isbn=isbn).model_dump_json()
        try:
            answer = self._send("POST", ARRIVALS_TITLE, body, PATIENCE_S)
        except httpx2.TransportError:
            return NoAnswer(sent=True)
        return read_answer(answer, TitlesFound)

    def receive(self, request: ArrivalRequest) -> ArrivalReceipt | Said:
        """Put new copies into the ledger."""
        return self._post(ARRIVALS, request.model_dump_json(), ArrivalReceipt)
