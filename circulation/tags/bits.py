"""Texts of bits, most significant first: the compactions of ISO/IEC 15962 cut bytes at any bit."""


def to_bits(data: bytes) -> str:
    """`b"\\x05"` is "00000101"."""
    return "".join(f"{byte:08b}" for byte in data)


def to_bytes(bits: str, *, filling: str) -> bytes:
    """Whole bytes; the last one is filled with the start of `filling` (7 bits or fewer)."""
    full = bits + filling[: -len(bits) % 8]
    return bytes(int(full[at : at + 8], 2) for at in range(0, len(full), 8))
