"""Serve the application: uvicorn on uvloop and httptools, one worker, no access log."""

import socket

import uvicorn
from fastapi import FastAPI

from controller.live.stream import Wakeup

_GRACE_S = 3  # for answers under way; a kiosk asks again with the same operation id
_KEEP_ALIVE_S = 30  # kiosks keep their connection between two books


class Server(uvicorn.Server):
    """Ends the live streams first: they would otherwise never end by themselves."""

    def __init__(self, config: uvicorn.Config, wakeup: Wakeup) -> None:
        super().__init__(config)
        self._wakeup = wakeup

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close streams, then connections, then the application."""
        self._wakeup.close()
        await super().shutdown(sockets)


def make_server(app: FastAPI, *, host: str, port: int) -> Server:
    """A server for `create_app`'s application; `run()` it, or set `should_exit` to end it."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return Server(config, app.state.wakeup)
