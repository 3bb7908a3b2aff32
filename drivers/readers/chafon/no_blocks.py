"""What an ISO 15693 reader can do and a UHF reader cannot, said in sentences."""

from abc import ABC, abstractmethod
from typing import Final, NoReturn

from drivers.errors import NotSupported
from drivers.reader import TagInfo

_BANKS: Final = "UHF tags have banks, not blocks: read the EPC and the user bank"
_SECURITY: Final = "UHF tags have no AFI: the gate decides by a list of loans"
_EAS: Final = "EAS on UHF tags is one chip maker's: the gate decides by a list of loans"


class NoBlocks(ABC):
    """The methods of `drivers.reader.Reader` that raise `NotSupported` here."""

    @abstractmethod
    def _not_supported(self, why: str) -> NotSupported:
        """The error with model and port."""

    def system_information(self, uid: str) -> TagInfo:
        """`NotSupported`: it is a command of ISO 15693."""
        raise self._not_supported("UHF tags have no system information")

    def read_blocks(self, uid: str, first: int, count: int) -> bytes:
        """`NotSupported`: see `read_epc_bank` and `read_user_bank`."""
        raise self._not_supported(_BANKS)

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        """`NotSupported`: see `write_epc_bank` and `write_user_bank`."""
        raise self._not_supported(_BANKS)

    def read_locks(self, uid: str, first: int, count: int) -> tuple[bool, ...]:
        """`NotSupported`: Gen2 has no command that tells what is locked."""
        raise self._not_supported(_BANKS)

    def write_afi(self, uid: str, afi: int) -> None:
        """`NotSupported`: the AFI of a UHF tag is a part of its name, not its security."""
        raise self._not_supported(_SECURITY)

    def write_dsfid(self, uid: str, dsfid: int) -> None:
        """`NotSupported`: the DSFID is the first byte of the user bank."""
        raise self._not_supported("the DSFID of a UHF tag is the first byte of its user bank")

    def read_eas(self, uid: str) -> bool:
        """`NotSupported`."""
        raise self._not_supported(_EAS)

    def write_eas(self, uid: str, *, on: bool) -> None:
        """`NotSupported`."""
        raise self._not_supported(_EAS)

    def reset_field(self) -> NoReturn:
        """`NotSupported`: each inventory starts afresh."""
        raise self._not_supported("a Chafon reader has no command for it, and needs none")
