"""Fuzz one tag decoder: ``python -m tests.fuzz.tags 28560-3 -max_total_time=600``.

A finding is an exception, or an item id that the decoder cannot account for: read again after it
was encoded anew it must be the same.
"""

import sys

import atheris

with atheris.instrument_imports(include=["circulation"]):
    from circulation.tags.codec import WRITTEN_DSFIDS, decode, encode
    from circulation.tags.iso28560_2 import Proof, read_28560_2
    from circulation.tags.iso28560_3 import read_28560_3
    from circulation.tags.iso28560_4 import decode_uhf
    from circulation.tags.item_tag import CannotEncode, ItemTag, Layout, content_of
    from circulation.tags.legacy_3m import read_3m

WRITABLE = (Layout.ISO28560_2, Layout.ISO28560_3)


def _any_layout(data: bytes) -> ItemTag:
    dsfid = (None, 0x3E, 0x06, 0x00)[data[0] % 4] if data else None
    return decode(data[1:], dsfid=dsfid)


def _uhf(data: bytes) -> ItemTag:
    cut = data[0] if data else 0
    return decode_uhf(data[1 : 1 + cut], data[1 + cut :])


DECODERS = {
    "any": _any_layout,
    "28560-3": read_28560_3,
    "28560-2": lambda data: read_28560_2(data, proof=Proof.TOLD),
    "28560-4": _uhf,
    "3m": read_3m,
}


def check(tag: ItemTag) -> None:
    """What must hold of every answer of a decoder."""
    assert tag.item_id is None or tag.item_id == tag.item_id.strip("\0")
    assert tag.problems or tag.item_id is not None or tag.layout in (Layout.BLANK, Layout.UNKNOWN)
    if tag.item_id is None or tag.problems or tag.layout not in WRITABLE:
        return
    try:
        memory = encode(content_of(tag, layout=tag.layout), layout=tag.layout, size=256)
    except CannotEncode:
        return
    again = decode(memory, dsfid=WRITTEN_DSFIDS[tag.layout])
    assert (again.item_id, again.owner) == (tag.item_id, tag.owner)


def main() -> None:
    decoder = DECODERS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda data: check(decoder(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
