"""A serial server (RFC 2217): a TCP port that passes on the speed and parity a host asks for.

The only wire on which a wrong parity can be seen. A reader whose settings the host does not match
gets nothing but frame errors, so it stays silent.
"""

from typing import Any, cast

from serial.rfc2217 import PortManager

from hw_sim.devices.line_device import LineFormat
from hw_sim.endpoints import TcpEndpoint

DATA_BITS, STOP_BITS = 8, 1


class _ServedPort:
    """What `PortManager` sets on behalf of the host: the settings of the far serial port."""

    def __init__(self) -> None:
        self.baudrate = 9600  # as pyserial opens a port that nobody has set up
        self.bytesize = DATA_BITS
        self.parity = "N"
        self.stopbits = STOP_BITS
        self.xonxoff = self.rtscts = self.break_condition = False
        self.dtr = self.rts = True
        self.cts = self.dsr = self.cd = True
        self.ri = False

    def reset_input_buffer(self) -> None:
        """Nothing is kept here."""

    def reset_output_buffer(self) -> None:
        """Nothing is kept here."""


class Rfc2217Endpoint(TcpEndpoint):
    """One host at a time, as on any TCP port; every host starts with settings of its own."""

    scheme = "rfc2217"

    def __init__(self, port: int, line: LineFormat) -> None:
        super().__init__(port)
        self._line = line
        self._port = _ServedPort()
        self._manager: PortManager | None = None

    @property
    def baud(self) -> int | None:
        return self._line.baud

    def _greet(self) -> None:
        self._port = _ServedPort()
        # it is written for a Serial and a socket, and takes whatever has their attributes
        port, connection = cast("Any", self._port), cast("Any", _Negotiation(self))
        self._manager = PortManager(port, connection)

    def _decode(self, data: bytes) -> bytes:
        if self._manager is None:
            return b""
        heard = b"".join(self._manager.filter(data))
        return heard if self._is_understood() else b""

    def _encode(self, data: bytes) -> bytes:
        return b"" if self._manager is None else b"".join(self._manager.escape(data))

    def _is_understood(self) -> bool:
        port = self._port
        wanted = (self._line.baud, self._line.parity, DATA_BITS, STOP_BITS)
        return (port.baudrate, port.parity, port.bytesize, port.stopbits) == wanted


class _Negotiation:
    """The way of `PortManager`'s own telnet answers, which are not escaped."""

    def __init__(self, endpoint: Rfc2217Endpoint) -> None:
        self._endpoint = endpoint

    def write(self, data: bytes) -> None:
        self._endpoint.send_raw(data)
