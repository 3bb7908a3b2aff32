"""What staff does with devices that wait or are in, for programs and for pages alike."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from controller.devices import enrolment
from controller.devices.revoking import revoke
from controller.staff.door import Door
from controller.staff.refusals import StaffReason


@dataclass(frozen=True, slots=True)
class DeviceDesk:
    """The devices of one library; `on_access` is called when access was given or taken.

    `staff` is the account that did it, for the log.
    """

    door: Door
    library: str
    on_access: Callable[[], None]

    async def confirm(self, number: str, code: str, staff: str) -> StaffReason | None:
        """None: the device may fetch its token."""
        now = self.door.time.now()
        return await self.door.writer.run(
            partial(enrolment.confirm, number=number, code=code, now=now, staff=staff)
        )

    async def revoke(self, name: str, staff: str) -> bool:
        """True: its token is dead, and its session with the broker will be in seconds."""
        now = self.door.time.now()
        act = partial(revoke, library=self.library, name=name, now=now, staff=staff)
        done = await self.door.writer.run(act)
        self.on_access()
        return done
