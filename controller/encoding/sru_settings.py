"""Which catalogue is asked for an ISBN that the ledger does not know."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SruSettings(BaseModel):
    """An SRU server that gives MARCXML (MARC21, or UNIMARC as RUSMARC has it)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    index: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.]*$")] = "bath.isbn"
    """What its explain answer calls the index of ISBNs."""
    record_schema: str = "marcxml"
    version: Annotated[str, Field(pattern=r"^1\.[12]$")] = "1.2"
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 5.0  # in all, however slowly it talks
