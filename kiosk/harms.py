"""Which returned copies may be said to be damaged or worn, and in which words. Pure."""

from collections.abc import Mapping

from circulation.ids import Copy
from circulation.selfservice import Harm
from circulation.textbooks import Condition
from kiosk.limits import is_warning
from kiosk.state import Phase, Stage, State, is_collecting, newest_first

_HARM = "harm:"
HARMS: Mapping[str, Harm] = {f"{_HARM}{harm}": harm for harm in Harm}
"""The three pictures, by action id."""
CONDITIONS: Mapping[str, Condition] = {f"{_HARM}{state}": state for state in Condition}
"""The three pictures of a class session, by action id."""


def reportable(state: State) -> tuple[Copy, ...]:
    """The copies that came back here, newest first, and were not said to be damaged yet."""
    if state.stage is not Stage.RETURN or is_warning(state):
        return ()
    here = (Phase.RETURNED,) if is_collecting(state) else (Phase.RETURNED, Phase.QUEUED)
    back = (line.copy for line in newest_first(state) if line.phase in here)
    return tuple(copy for copy in back if copy not in state.reports)


def is_asking_harm(state: State) -> bool:
    """True while the panel with the three pictures is shown."""
    return state.harmed in reportable(state)
