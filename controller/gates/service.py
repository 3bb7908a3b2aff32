"""Gates as one thing to start and stop: the bus, what comes in, the lists that go out."""

from circulation.ids import DeviceId
from circulation.tags.afi import SecurityAfi
from controller.clock import LibraryTime
from controller.devices.broker_access import BrokerAccess
from controller.gates.consumer import GateConsumer
from controller.gates.pending import PendingLists
from controller.mqtt import Bus
from controller.reads import Reads
from controller.settings import MqttSettings
from controller.writer import Writer


class Gates:
    """All gates that speak through one broker."""

    def __init__(
        self,
        settings: MqttSettings,
        library: DeviceId,
        writer: Writer,
        reads: Reads,
        time: LibraryTime,
        afi: SecurityAfi,
    ) -> None:
        self._consumer = GateConsumer(writer, time, afi)
        self._pending = PendingLists(reads, time)
        self._bus = Bus(
            settings,
            client_id=f"{settings.client_name}-{library}",
            on_message=self._consumer.take,
            on_connect=self._pending.forget,
        )
        self._consumer.bus = self._bus
        self._pending.bus = self._bus
        writer.after_commit(self._pending.wake)
        folder = settings.access_folder
        self._access = None if folder is None else BrokerAccess(settings, folder, library, reads)

    def start(self) -> None:
        """Begin to listen; the broker may come later."""
        if self._access is not None:
            self._access.start()
        self._consumer.start()
        self._pending.start()
        self._bus.start()

    def stop(self) -> None:
        """Store and acknowledge what was taken, then leave."""
        self._pending.stop()
        self._consumer.stop()
        self._bus.stop()
        if self._access is not None:
            self._access.stop()

    def access_changed(self) -> None:
        """A device was let in or its access taken: tell the broker soon; returns at once."""
        if self._access is not None:
            self._access.wake()

    @property
    def connected(self) -> bool:
        """True while the broker answers."""
        return self._bus.connected

    @property
    def refused(self) -> int:
        """Messages set aside since the start."""
        return self._consumer.refused
