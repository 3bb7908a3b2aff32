"""A statement for many rows on PostgreSQL: one statement over arrays, not one for each row.

Where every statement is a message to another process, sixteen in one cost little more than one.
SQLite is a library in this process and runs the text itself for each row.
"""

import re
from collections.abc import Mapping

NAMED = re.compile(r"(?<!:):([a-z_]+)")
_INSERT = re.compile(r"(INSERT INTO .+?\)) VALUES \((.+?)\)( ON CONFLICT .+)?")
_NUMBER = "asked.number"


def over_arrays(text: str, types: Mapping[str, str]) -> str:
    """The statement with `:named` parameters as psycopg wants it, each parameter being an array.

    `types` are PostgreSQL's own, of every parameter. A SELECT gets the number of the element, from
    1, as its first column. No row may be meant twice by an UPDATE.
    """
    if set(NAMED.findall(text)) != set(types):
        raise ValueError(f"give the type of each parameter of {text!r}, and of no other")
    arrays = ", ".join(f"%({name})b::{kind}[]" for name, kind in types.items())
    names = ", ".join(f"its_{name}" for name in types)
    asked = f"unnest({arrays}) WITH ORDINALITY AS asked ({names}, number)"
    body = NAMED.sub(r"its_\1", text.replace("%", "%%"))
    if body.startswith("SELECT "):
        return f"SELECT {_NUMBER}, found.* FROM {asked}, LATERAL ({body}) AS found"  # noqa: S608  # texts of our own
    if insert := _INSERT.fullmatch(body):
        head, values, otherwise = insert.groups(default="")
        return f"{head} SELECT {values} FROM {asked} ORDER BY {_NUMBER}{otherwise}"  # noqa: S608
    head, where, which = body.partition(" WHERE ")
    if not where or not head.startswith("UPDATE "):
        raise ValueError(f"not a SELECT, INSERT VALUES or UPDATE WHERE: {text!r}")
    return f"{head} FROM {asked} WHERE {which}"
