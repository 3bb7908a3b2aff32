"""The data elements of ISO 28560-2: relative OIDs, names, and the list of those present."""

from collections.abc import Iterable
from typing import Final

ITEM_ID: Final = 1
CONTENT_PARAMETER: Final = 2
OWNER: Final = 3
SET_INFORMATION: Final = 4
TYPE_OF_USAGE: Final = 5
ILL_INSTITUTION: Final = 11
TITLE: Final = 17

ELEMENT_NAMES: Final[dict[int, str]] = {
    ITEM_ID: "primary_item_id",
    CONTENT_PARAMETER: "content_parameter",
    OWNER: "owner_isil",
    SET_INFORMATION: "set_information",
    TYPE_OF_USAGE: "type_of_usage",
    6: "shelf_location",
    7: "onix_media_format",
    8: "marc_media_format",
    9: "supplier_id",
    10: "order_number",
    ILL_INSTITUTION: "ill_borrowing_institution",
    12: "ill_transaction",
    13: "gs1_product_id",
    14: "alternative_unique_item_id",
    15: "local_data_a",
    16: "local_data_b",
    TITLE: "title",
    18: "product_id_local",
    19: "media_format_other",
    20: "supply_chain_stage",
    21: "supplier_invoice",
    22: "alternative_item_id",
    23: "alternative_owner_institution",
    24: "subsidiary_of_owner",
    25: "alternative_ill_institution",
    26: "local_data_c",
}
ISIL_OIDS: Final = frozenset({OWNER, ILL_INSTITUTION})
"""Elements whose compaction 0 is the ISIL scheme."""


def listed_oids(content_parameter: bytes) -> tuple[int, ...]:
    """The OIDs a content parameter lists: its most significant bit is OID 3, the next OID 4."""
    return tuple(
        OWNER + number
        for number in range(len(content_parameter) * 8)
        if content_parameter[number // 8] & 0x80 >> number % 8
    )


def lay_content_parameter(oids: Iterable[int]) -> bytes:
    """The content parameter for these OIDs (3 and up): one byte at least, no 00 at its end."""
    flags = 0
    for oid in oids:
        flags |= 1 << oid
    reversed_bits = f"{flags >> OWNER:b}"[::-1]
    whole = -(-len(reversed_bits) // 8) * 8
    return int(reversed_bits.ljust(whole, "0"), 2).to_bytes(whole // 8, "big")
