"""Keep-alive HTTP clients that check out one copy after the other and count only what succeeded."""

import asyncio
import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import uvloop

from circulation.api import CHECKOUTS
from tests.bench.http_world import ISIL, World


def checkouts_per_second(world: World, *, first: int, count: int, clients: int) -> float:
    """The rate of `count` granted checkouts, shared by that many clients."""
    return uvloop.run(_run(world, first, count, clients))


async def _run(world: World, first: int, count: int, clients: int) -> float:
    work = iter([_request(world, number) for number in range(first, first + count)])
    lines = [await asyncio.open_connection("127.0.0.1", world.port) for _ in range(clients)]
    began = time.perf_counter()
    granted = await asyncio.gather(*(_client(*line, work) for line in lines))
    seconds = time.perf_counter() - began
    for _, writer in lines:
        writer.close()
    if sum(granted) != count:
        raise AssertionError(f"{sum(granted)} of {count} checkouts were granted")
    return count / seconds


async def _client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, work) -> int:
    granted = 0
    for request in work:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        granted += head.startswith(b"HTTP/1.1 200")
    return granted


def _request(world: World, number: int) -> bytes:
    body = json.dumps(
        {
            "op_id": str(uuid4()),
            "at": datetime.now(UTC).isoformat(),
            "patron_id": world.patron_id(number),
            "owner": ISIL,
            "item_id": world.item_id(number),
        }
    ).encode()
    head = (
        f"POST {CHECKOUTS} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {world.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
