"""The tables of readers: every row opens, nothing is imported before."""

import subprocess
import sys
from importlib import import_module

import pytest

from drivers import registry
from drivers.errors import NotAvailable, StartFailed
from drivers.readers.feig.profiles import GATES, PADS

ROWS = {**registry.READERS, **registry.GATE_READERS, **registry.CARD_READERS, **registry.PROBES}


@pytest.mark.parametrize("target", sorted(set(ROWS.values())))
def test_every_row_names_something_that_can_be_called(target):
    module, _, name = target.partition(":")

    assert callable(getattr(import_module(module), name))


def test_every_feig_row_has_its_profile():
    assert {name for name in registry.READERS if name.startswith("feig-")} == set(PADS)
    assert {name for name in registry.GATE_READERS if name.startswith("feig-")} == set(GATES)


def test_opened_reader_answers(far_end, script):
    script.add("E00401003123AA26")

    reader = registry.open_reader("feig-mr102", far_end(script).url)

    assert [tag.uid for tag in reader.inventory()] == ["E00401003123AA26"]
    assert reader.capabilities.has_afi
    reader.close()


@pytest.mark.parametrize(
    "open_it", [registry.open_reader, registry.open_gate_reader, registry.open_card_reader]
)
def test_unknown_model_lists_the_known_ones(open_it):
    with pytest.raises(ValueError, match="unknown reader model 'm3'; known: "):
        open_it("m3", "/dev/null")


def test_port_tells_who_answers(far_end, script):
    far = far_end(script)

    identity = registry.identify_port(far.url)

    assert identity.model == "FEIG MR102"
    assert identity.port == far.url


def test_silent_port_is_told_with_the_protocols_tried(far_end, give_up_soon):
    give_up_soon(*registry.PROBES)
    far = far_end(lambda request: [])

    with pytest.raises(StartFailed, match=r"tried FEIG, Chafon, 3M: no FEIG .* no Chafon .* no 3M"):
        registry.identify_port(far.url)


def test_absent_port_is_not_taken_for_a_silent_one():
    with pytest.raises(NotAvailable):
        registry.identify_port("/dev/nobody")


def test_importing_the_registry_loads_no_reader_and_no_port():
    code = (
        "import sys, drivers.registry;"
        "print([m for m in sys.modules if m == 'serial' or m.startswith('drivers.readers')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
