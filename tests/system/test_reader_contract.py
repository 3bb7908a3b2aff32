"""Every reader on every wire under every single fault: no tag made up, no write reported in vain.

Real drivers on simulated devices, one device for each reader and wire, all at once; the tags are
looked at in the world. The short profile sends each fault once to each act, and the slow faults,
which cost the driver its whole waiting time, to the write alone.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

from hw_sim.faults import FaultKind
from hw_sim.server import Simulation
from hw_sim.settings import PadModel, PadSettings, SimSettings, Timing, UhfModel, UhfPadSettings
from tests.system.fault_rounds import Act, BankBench, Bench, BlockBench, Tally, Wire, play

# pyserial's rfc2217 client starts its thread the old way
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\):DeprecationWarning"),
]

MODELS = (*PadModel, *UhfModel)
SLOW = {FaultKind.LATE, FaultKind.MUTE, FaultKind.BAUD, FaultKind.PARITY, FaultKind.UNPLUG}
LONG_SEEDS = range(5)
Results = dict[tuple[str, Wire, FaultKind], Tally]


def _name(model: str, wire: Wire) -> str:
    return f"{model}-{wire}"


def _settings(state: Path) -> SimSettings:
    lines = list(product(MODELS, Wire))
    return SimSettings(
        state_dir=state,
        pads=tuple(
            PadSettings(name=_name(model, wire), model=model, timing=Timing.NONE)
            for model, wire in lines
            if isinstance(model, PadModel)
        ),
        uhf_pads=tuple(
            UhfPadSettings(name=_name(model, wire), model=model, timing=Timing.NONE)
            for model, wire in lines
            if isinstance(model, UhfModel)
        ),
        gates=(),
        card_readers=(),
    )


def _bench(simulation: Simulation, model: PadModel | UhfModel, wire: Wire) -> Bench:
    world, wiring, name = simulation.world, simulation.wiring(), _name(model, wire)
    if isinstance(model, PadModel):
        url = wiring["pads"][name][wire.value]
        return BlockBench(world, world.pads[name], url, model, seed=1)
    url = wiring["uhf_pads"][name][wire.value]
    return BankBench(world, world.uhf_pads[name], url, model, seed=1)


def _campaign(simulation: Simulation, *, long: bool) -> Results:
    """One thread for each reader on its wire; each goes through every fault."""
    stations = {**simulation.world.pads, **simulation.world.uhf_pads}
    results: Results = {}

    def run(model: PadModel | UhfModel, wire: Wire) -> None:
        bench = _bench(simulation, model, wire)
        station = stations[_name(model, wire)]
        for kind in FaultKind:
            results[model, wire, kind] = play(
                bench,
                station,
                kind,
                seeds=LONG_SEEDS if long else (0,),
                chosen=lambda act, kind=kind: long or kind not in SLOW or _is_the_write(act),
            )
        bench.close()

    with ThreadPoolExecutor(len(MODELS) * len(Wire)) as pool:
        for done in [pool.submit(run, model, wire) for model, wire in product(MODELS, Wire)]:
            done.result()
    return results


def _is_the_write(act: Act) -> bool:
    return act.request in (b"\xb0\x27", b"\x09") or (act.name, act.request) == ("write", b"\x03")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # devices and drivers share this process
    with Simulation(_settings(tmp_path_factory.mktemp("sim"))) as simulation:
        yield _campaign(simulation, long=False)
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("wire", Wire)
@pytest.mark.parametrize("model", MODELS)
def test_a_single_fault_makes_up_nothing_and_wears_off(
    results: Results, model: PadModel | UhfModel, wire: Wire, kind: FaultKind
) -> None:
    tally = results[model, wire, kind]

    assert tally.hits == tally.rounds > 0, "the fault met what it was meant for"
    assert (tally.false_tags, tally.false_data, tally.false_writes) == (0, 0, 0)
    assert tally.lost_cycles == 0, tally.trouble


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_every_act_under_every_fault_with_every_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulation(_settings(tmp_path)) as simulation:
        results = _campaign(simulation, long=True)
    with capsys.disabled():
        sys.stdout.write(f"\n{_table(results)}\n")

    wrong = {
        case: tally
        for case, tally in results.items()
        if tally.hits != tally.rounds
        or tally.false_tags + tally.false_data + tally.false_writes + tally.lost_cycles
    }
    assert wrong == {}


def _table(results: Results) -> str:
    """Rounds, and how many of them ended with an error, for each reader, wire and fault."""
    rows = ["rounds/refused".ljust(24) + "".join(kind.rjust(9) for kind in FaultKind)]
    for model, wire in product(MODELS, Wire):
        cells = [results[model, wire, kind] for kind in FaultKind]
        told = "".join(f"{tally.rounds}/{tally.refused}".rjust(9) for tally in cells)
        rows.append(_name(model, wire).ljust(24) + told)
    return "\n".join(rows)
