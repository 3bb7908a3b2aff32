"""Gates as one thing to start and stop: the bus, what comes in, the lists, the rounds."""

from circulation.ids import DeviceId
from circulation.tags.afi import SecurityAfi
from controller.claims import Claims
from controller.clock import LibraryTime
from controller.devices.broker_access import BrokerAccess
from controller.gates.camera import Camera
from controller.gates.camera_settings import CameraSettings
from controller.gates.config_push import ConfigPush
from controller.gates.consumer import GateConsumer
from controller.gates.lists import LocalLists
from controller.gates.rounds import Rounds
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
        claims: Claims,
        time: LibraryTime,
        afi: SecurityAfi,
        camera: CameraSettings | None = None,
    ) -> None:
        self._consumer = GateConsumer(writer, time, afi)
        self._lists = LocalLists(reads, time)
        configs = ConfigPush(reads)
        self._rounds = Rounds(
            writer,
            time,
            claims,
            kept_days=settings.kept_days,
            listening_since=lambda: self._bus.connected_since,
            look_too=lambda: configs.look(self._bus),
        )
        self._bus = Bus(
            settings,
            client_id=f"{settings.client_name}-{library}",
            on_message=self._consumer.take,
            on_connect=self._lists.forget,
        )
        self._consumer.bus = self._bus
        self._consumer.answer = self._lists.answer
        self._camera = None if camera is None else Camera(camera, time.now)
        if self._camera is not None:
            self._consumer.on_new = self._camera.stored
        self._lists.bus = self._bus
        writer.after_commit(self._lists.wake)
        folder = settings.access_folder
        self._access = None if folder is None else BrokerAccess(settings, folder, library, reads)

    def start(self) -> None:
        """Begin to listen; the broker may come later."""
        if self._access is not None:
            self._access.start()
        if self._camera is not None:
            self._camera.start()
        self._consumer.start()
        self._lists.start()
        self._bus.start()
        self._rounds.start()

    def stop(self) -> None:
        """Store and acknowledge what was taken, then leave."""
        self._rounds.stop()
        self._lists.stop()
        self._consumer.stop()
        self._bus.stop()
        if self._camera is not None:
            self._camera.stop()
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
