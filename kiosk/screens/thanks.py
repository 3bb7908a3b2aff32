"""Thanks: a large tick, how many books, until when. Gone after a few seconds, or at one touch."""

from kiosk.screens.problem import ProblemScreen


class ThanksScreen(ProblemScreen):
    """The end of a session and the end of a problem are told alike: one sign, one sentence."""
