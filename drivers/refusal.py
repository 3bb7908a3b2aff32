"""How one answer can be bad news, before the session makes an error of `drivers.errors` of it."""


class BadAnswer(ValueError):
    """A whole frame whose inside contradicts itself or the question: taken for a line fault."""


class Refusal(Exception):
    """The reader answered clearly, and the answer is no; the message is a technician's sentence."""

    def __init__(self, why: str, *, status: int, data: bytes = b"") -> None:
        self.status = status
        self.data = data
        super().__init__(why)
