"""Configuration blocks of a FEIG reader (80 to 83), as far as their content is documented.

Source: FEIG H60301-3e-ID-B, 3.2, 3.6 and 4.1 to 4.4. Modelled are CFG1 (interface) and CFG5
(anticollision); asking for another block is logged as an error and answered as for a reserved one.
"""

from hw_sim.devices.feig_frames import Request
from hw_sim.devices.feig_reader import FeigReader, Outcome, RefusedError, Status, expect

BLOCK_BYTES = 14
LOCATION_EEPROM = 0x80
ALL_BLOCKS = 0x40
BLOCK_NUMBER = 0x3F
INTERFACE, ANTICOLLISION = 1, 5
BAUD_38400, EVEN_PARITY = 0x08, 0x01
RESPONSE_TIME = 10  # TR-RESPONSE-TIME, in 100 ms
ONT_AT = 11
ONT = 0x01  # only tags that were not told yet
ANTICOLLISION_ON = 0x04  # H20800: factory setting 05
MAX_ADDRESS = 0xFE


class ConfigBlocks:
    """RAM that works, EEPROM that lasts, and the factory's setting."""

    def __init__(self, reader: FeigReader) -> None:
        self._reader = reader
        self._factory = {
            INTERFACE: _interface(reader.address),
            ANTICOLLISION: _anticollision(new_only=reader.profile.new_only),
        }
        self._ram = dict(self._factory)
        self._eeprom = dict(self._factory)

    @property
    def new_only(self) -> bool:
        """ONT: a tag is told once, then silent until it has left the field or the field went off.

        Without it the reader resets the field before every inventory.
        """
        return bool(self._ram[ANTICOLLISION][ONT_AT] & ONT)

    def restart(self) -> None:
        """After a reset the reader works by its EEPROM again."""
        self._ram = dict(self._eeprom)
        self._apply()

    def read(self, request: Request) -> Outcome:
        """80: one block from RAM, or from EEPROM with bit 7 of CFG-ADR."""
        expect(len(request.data) == 1, Status.LENGTH)
        number = self._known(request, Status.READ_PROTECTED)
        lasting = request.data[0] & LOCATION_EEPROM
        return Outcome((self._eeprom if lasting else self._ram)[number])

    def write(self, request: Request) -> Outcome:
        """81: one block to RAM, with bit 7 of CFG-ADR to EEPROM as well."""
        expect(len(request.data) == 1 + BLOCK_BYTES, Status.LENGTH)
        number = self._known(request, Status.WRITE_PROTECTED)
        block = request.data[1:]
        expect(self._plausible(number, block), Status.PARAMETER_RANGE)
        self._ram[number] = block
        if request.data[0] & LOCATION_EEPROM:
            self._eeprom[number] = block
        self._apply()
        return Outcome()

    def save(self, request: Request) -> Outcome:
        """82: one block, or with bit 6 all, from RAM to EEPROM."""
        for number in self._chosen(request):
            self._eeprom[number] = self._ram[number]
        return Outcome()

    def restore(self, request: Request) -> Outcome:
        """83: the factory's setting to RAM, with bit 7 to EEPROM as well."""
        for number in self._chosen(request):
            self._ram[number] = self._factory[number]
            if request.data[0] & LOCATION_EEPROM:
                self._eeprom[number] = self._factory[number]
        self._apply()
        return Outcome()

    def _chosen(self, request: Request) -> list[int]:
        expect(len(request.data) == 1, Status.LENGTH)
        if request.data[0] & ALL_BLOCKS:
            return list(self._ram)
        return [self._known(request, Status.WRITE_PROTECTED)]

    def _known(self, request: Request, otherwise: Status) -> int:
        number = request.data[0] & BLOCK_NUMBER
        if number not in self._ram:
            self._reader.unknown(request)
            raise RefusedError(otherwise)
        return number

    def _plausible(self, number: int, block: bytes) -> bool:
        """Speed and parity are fixed here: a model that took others would not live by them."""
        if number != INTERFACE:
            return True
        return block[0] <= MAX_ADDRESS and block[2:4] == bytes((BAUD_38400, EVEN_PARITY))

    def _apply(self) -> None:
        self._reader.address = self._ram[INTERFACE][0]


def add_config(reader: FeigReader) -> ConfigBlocks:
    """Teach a reader 80 to 83."""
    config = ConfigBlocks(reader)
    for command, handler in (
        (0x80, config.read),
        (0x81, config.write),
        (0x82, config.save),
        (0x83, config.restore),
    ):
        reader.add(command, handler)
    reader.on_reset(config.restart)
    return config


def _interface(address: int) -> bytes:
    """CFG1: COM-ADR, 0, BAUD, TRANS-FORM, 0, 0, TR-RESPONSE-TIME(2), zeroes."""
    head = bytes((address, 0, BAUD_38400, EVEN_PARITY, 0, 0))
    return (head + RESPONSE_TIME.to_bytes(2, "big")).ljust(BLOCK_BYTES, b"\x00")


def _anticollision(*, new_only: bool) -> bytes:
    """CFG5: eleven bytes for other kinds of tags, ONT, two zeroes."""
    block = bytearray(BLOCK_BYTES)
    block[ONT_AT] = ANTICOLLISION_ON | (ONT if new_only else 0)
    return bytes(block)
