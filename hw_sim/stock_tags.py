"""Tags of books that stand in stock, as the librarian would have written them."""

from circulation.ids import ItemId, parse_isil, parse_item_id
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import DSFID_28560_3, encode
from circulation.tags.item_tag import TagContent
from circulation.tags.title_fit import TitleFit
from hw_sim.library.stock import OWNER, Place, StockItem, copies
from hw_sim.library.titles import Kind
from hw_sim.messages import NewTag


def written_tag(*, uid: str, owner: str, item_id: str, title: str) -> NewTag:
    """A tag in the layout of ISO 28560-3, AFI in stock; the title is cut to what fits.

    `ValueError` for an item id or owner that no tag can carry.
    """
    item: ItemId = parse_item_id(item_id)
    content = TagContent(item_id=item, owner=parse_isil(owner), title=title)
    memory = encode(content, title_fit=TitleFit.CUT)
    afi = AFI_PROFILES["iso"].in_stock
    return NewTag(uid=uid, blocks_hex=memory.hex(), afi=afi, dsfid=DSFID_28560_3)


def sample_tags(count: int) -> list[NewTag]:
    """Tags for the last lendable copies of so many books of the sample library, one per title."""
    return [
        written_tag(uid=copy.uid, owner=OWNER, item_id=copy.item, title=copy.title.name)
        for copy in _last_copies()[:count]
    ]


def _last_copies() -> list[StockItem]:
    by_title = {
        copy.title.key: copy
        for copy in copies()
        if copy.title.kind is Kind.BOOK and copy.place is Place.LENDING
    }
    return list(by_title.values())
