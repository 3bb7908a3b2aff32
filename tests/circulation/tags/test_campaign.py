"""Ten thousand random items on tags of each layout that we write, and every one is read back."""

import random
import string

import pytest

from circulation.ids import ItemId
from circulation.tags.codec import WRITTEN_DSFIDS, decode, encode
from circulation.tags.item_tag import Layout, TagContent, Usage
from circulation.tags.title_fit import TitleFit

ITEMS = 10_000
SEED = 2026
LETTERS = string.ascii_uppercase + string.digits + "-./"
RUSSIAN = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯабвгдежзиклмнопрстуфхцчшщъыьэюя ё«»—,."


def random_content(chance: random.Random) -> TagContent:
    parts = chance.choice((1, 1, 1, 2, 3, 12))
    owner = "RU-" + "".join(chance.choices(string.digits, k=chance.randint(1, 8)))
    title = "".join(chance.choices(RUSSIAN, k=chance.randint(0, 30))).strip()
    return TagContent(
        item_id=ItemId("".join(chance.choices(LETTERS, k=chance.randint(1, 16)))),
        owner=chance.choice((owner, None)),
        parts=parts,
        part=chance.randint(1, parts),
        usage=Usage.CIRCULATING,
        title=title or None,
    )


@pytest.mark.parametrize("layout", [Layout.ISO28560_3, Layout.ISO28560_2])
def test_ten_thousand_items_are_read_as_they_were_written(layout: Layout) -> None:
    chance = random.Random(SEED)

    for _ in range(ITEMS):
        content = random_content(chance)
        memory = encode(content, layout=layout, title_fit=TitleFit.CUT)
        tag = decode(memory, dsfid=WRITTEN_DSFIDS[layout])

        assert tag.problems == (), content
        assert (tag.item_id, tag.owner, tag.parts, tag.part) == (
            content.item_id,
            content.owner,
            content.parts,
            content.part,
        )
        assert tag.title == content.title or (content.title or "").startswith(tag.title or "")
