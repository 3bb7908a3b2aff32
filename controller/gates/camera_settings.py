"""What is set up for a camera at the gates; without it nobody is pictured."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class CameraSettings(BaseModel):
    """`url` of a still picture, `{gate}` in it is the gate's name; it may carry name and password.

    Only http, and only an address of a private network, is asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    folder: Path
    kept_days: Annotated[int, Field(ge=1, le=31)] = 14

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError("the camera's url begins with http:// and names a host")
        return url
