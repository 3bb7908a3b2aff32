"""The CRC of ISO 14443 type A, and of the MFRC522's coprocessor."""

CRC_A_PRESET = 0x6363  # ISO/IEC 14443-3, 6.2.4


def crc_a(data: bytes | bytearray, preset: int = CRC_A_PRESET) -> bytes:
    """Two bytes, low first; ``50 00`` gives ``57 CD``."""
    crc = preset
    for byte in data:
        mixed = byte ^ (crc & 0xFF)
        mixed = (mixed ^ (mixed << 4)) & 0xFF
        crc = (crc >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
        crc &= 0xFFFF
    return crc.to_bytes(2, "little")
