"""What a tag shows, and what that means: one table for AFI, EAS, both, and the list."""

import pytest

from gate.security import AfiPair, Security, Shown, is_secured

PAIR = AfiPair(in_stock=0x07, on_loan=0xC2)
STOCK, LOAN, STRANGE = 0x07, 0xC2, 0x21


@pytest.mark.parametrize(
    ("security", "afi", "eas", "secured"),
    [
        (Security.AFI, STOCK, None, True),
        (Security.AFI, LOAN, None, False),
        (Security.AFI, STRANGE, None, None),
        (Security.AFI, LOAN, True, False),  # a bit that this library does not use
        (Security.EAS, None, True, True),
        (Security.EAS, None, False, False),
        (Security.EAS, LOAN, True, True),
        (Security.EAS, STOCK, False, False),
        (Security.EAS, STOCK, None, None),  # a chip that has no EAS
        (Security.BOTH, STOCK, True, True),
        (Security.BOTH, STOCK, False, True),
        (Security.BOTH, LOAN, True, True),  # disarmed in part
        (Security.BOTH, LOAN, False, False),
        (Security.BOTH, LOAN, None, False),
        (Security.BOTH, STOCK, None, True),
        (Security.BOTH, STRANGE, True, None),  # the AFI says that it is not ours
    ],
)
def test_what_a_tag_shows_says_whether_it_is_secured(
    security: Security, afi: int | None, eas: bool | None, secured: bool | None
) -> None:
    assert is_secured(security, Shown(afi, eas), PAIR, lent=None) is secured


@pytest.mark.parametrize(("lent", "secured"), [(True, False), (False, True), (None, None)])
def test_a_uhf_tag_is_secured_when_it_is_not_on_the_list(
    lent: bool | None, secured: bool | None
) -> None:
    assert is_secured(Security.LIST, Shown(None), PAIR, lent=lent) is secured
