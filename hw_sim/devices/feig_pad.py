"""A FEIG pad reader (ID ISC.MR102, ID CPR40) in ISO host mode, on one antenna."""

import threading

from hw_sim.airtime import AirModel
from hw_sim.devices.feig_config import add_config
from hw_sim.devices.feig_host import HostCommands
from hw_sim.devices.feig_reader import MR102, FeigReader, Profile
from hw_sim.event_log import Report
from hw_sim.field import Antenna


def feig_pad(
    *,
    antenna: Antenna,
    lock: threading.RLock,
    report: Report,
    air: AirModel,
    address: int = 0,
    profile: Profile = MR102,
) -> FeigReader:
    """A pad that answers FEIG frames from the tags of `antenna`."""
    reader = FeigReader(profile=profile, antenna=antenna, address=address, lock=lock, report=report)
    host = HostCommands(reader, antenna, add_config(reader), air=air, report=report)
    reader.add(0xB0, host.iso_host)
    reader.add(0xB1, host.manufacturer)
    reader.on_reset(host.forget)
    return reader
