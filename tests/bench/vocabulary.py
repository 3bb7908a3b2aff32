"""Made-up Russian-looking words as frequent as in a catalogue: 60,000 of them by Zipf's law."""

import random
from itertools import accumulate

WORDS = 60_000
_SYLLABLES = ("ка", "ло", "ми", "ре", "но", "ста", "при", "во", "ду", "ше", "гра", "бе")
_SYLLABLES += ("ти", "ко", "ра", "ли", "ве", "мо", "пу", "за", "че", "ны", "ску", "да")


class Vocabulary:
    """Draws words; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        words: dict[str, None] = {}
        while len(words) < WORDS:
            words["".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4)))] = None
        self.words = list(words)  # the commonest first
        self._weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def draw(self, count: int) -> list[str]:
        """So many words, the common ones more often."""
        return self.chance.choices(self.words, cum_weights=self._weights, k=count)

    def text(self, count: int) -> str:
        """The same as one text."""
        return " ".join(self.draw(count))
