"""Settings files of this machine's programs and the secrets beside them: read, or refused in words.

Kiosk, station and book drop read theirs in here, so that the same mistake gets the same advice.
"""

import stat
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


class BadSettings(ValueError):
    """Settings that cannot be used; the message says which key and what to do."""


def read_settings(path: Path, model: type[M], *, env_prefix: str = "") -> M:
    """The settings in this TOML file; else `BadSettings`.

    `env_prefix`: of the environment variables in which a missing key may be set, too.
    """
    raw = _read_toml(path)
    if "token" in raw:
        raise BadSettings(
            f"{path}: a token does not belong in this file; put it into a file of mode 0600 and"
            " name that as token_file"
        )
    try:
        return model(**raw)
    except ValidationError as error:
        told = (
            _sentence(one["loc"], one["type"], one["msg"], model, env_prefix)
            for one in error.errors()
        )
        raise BadSettings(f"{path}: {'; '.join(told)}") from error


def read_secret(key: str, path: Path) -> str:
    """What the file named under `key` says; `BadSettings` when it is open to others or empty."""
    try:
        mode = path.stat().st_mode
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"{key} {path}: cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSettings(f"{key} {path}: others may read it; run chmod 600 {path}")
    if not secret:
        raise BadSettings(f"{key} {path}: it is empty; put the device's secret there")
    return secret


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadSettings(
            f"{path}: cannot be read: no such settings file; copy the example and fill it in"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSettings(f"{path}: not a TOML file in UTF-8: {error}") from error


def _sentence(
    place: tuple[int | str, ...], kind: str, message: str, model: type[BaseModel], env_prefix: str
) -> str:
    key = ".".join(str(part) for part in place)
    match kind:
        case "extra_forbidden" if len(place) == 1:
            known = ", ".join(sorted(model.model_fields))
            return f"unknown key {key!r}: remove it or correct it; known keys are {known}"
        case "missing":
            variable = f" or as {env_prefix}{key.upper()}" if env_prefix else ""
            return f"{key} is missing: set it in the file{variable}"
        case _:
            return f"{key}: {message}" if key else message
