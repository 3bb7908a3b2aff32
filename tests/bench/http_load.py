"""Keep-alive HTTP clients that send one request after the other and count only what succeeded."""

import asyncio
import gc
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import uvloop

from circulation.api import CHECKOUTS
from circulation.offline import OPERATIONS
from tests.bench.http_world import ISIL, World

_APPLIED = b'"done":"applied"'


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: loans a second in all, and the seconds of every request."""

    rate: float
    seconds: list[float]


def checkouts(world: World, *, first: int, count: int, clients: int) -> Load:
    """So many checkouts, one to a request, shared by that many clients."""
    numbers = range(first, first + count)
    requests = [_post(world, CHECKOUTS, _checkout(world, n, world.patron_id(n))) for n in numbers]
    return uvloop.run(_run(world.port, requests, count, clients))


def sets(world: World, stacks: Sequence[tuple[str, range]], *, clients: int, most: int) -> Load:
    """Stacks of copies for a patron each, as batches of whole stacks with at most `most` lines."""
    lines = [[_late(world, number, patron) for number in numbers] for patron, numbers in stacks]
    requests = [_post(world, OPERATIONS, {"operations": b}) for b in _joined(lines, most)]
    return uvloop.run(_run(world.port, requests, sum(map(len, lines)), clients))


async def _run(port: int, requests: list[bytes], loans: int, clients: int) -> Load:
    work = iter(requests)
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    seconds: list[float] = []
    gc.collect()
    gc.freeze()  # or the clients' own collector is measured as well
    began = time.perf_counter()
    granted = await asyncio.gather(*(_client(*line, work, seconds) for line in lines))
    took = time.perf_counter() - began
    for _, writer in lines:
        writer.close()
    if sum(granted) != loans:
        raise AssertionError(f"{sum(granted)} of {loans} loans were granted")
    return Load(loans / took, seconds)


async def _client(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    work: Iterator[bytes],
    seconds: list[float],
) -> int:
    granted = 0
    for request in work:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        seconds.append(time.perf_counter() - began)
        if head.startswith(b"HTTP/1.1 200"):
            granted += body.count(_APPLIED) or (b'"loan_id"' in body)
    return granted


def _joined(stacks: list[list[object]], most: int) -> Iterator[list[object]]:
    batch: list[object] = []
    for stack in stacks:
        if batch and len(batch) + len(stack) > most:
            yield batch
            batch = []
        batch = batch + stack
    yield batch


def _late(world: World, number: int, patron: str) -> dict[str, object]:
    """A wish to lend, in the form of a batch; the copy's number is as good as any."""
    request = _checkout(world, number, patron)
    return {
        "kind": "checkout",
        "seq": number + 1,
        "clock": "sure",
        "offline": False,
        "request": request,
    }


def _checkout(world: World, number: int, patron: str) -> dict[str, object]:
    return {
        "op_id": str(uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "patron_id": patron,
        "owner": ISIL,
        "item_id": world.item_id(number),
    }


def _post(world: World, path: str, message: dict[str, object]) -> bytes:
    body = json.dumps(message).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {world.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
