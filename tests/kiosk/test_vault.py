"""What is sealed opens with the same secret, about the same thing, unchanged; else not at all."""

import pytest

from kiosk.vault import BadSeal, Vault


def test_sealed_text_comes_back_and_looks_like_nothing():
    sealed = Vault("token").seal("p-anna borrowed B-0001", "op-1")

    assert Vault("token").open(sealed, "op-1") == "p-anna borrowed B-0001"
    assert b"anna" not in sealed
    assert sealed != Vault("token").seal("p-anna borrowed B-0001", "op-1")


@pytest.mark.parametrize(
    ("secret", "about", "change"),
    [
        ("other", "op-1", lambda sealed: sealed),
        ("token", "op-2", lambda sealed: sealed),
        ("token", "op-1", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("token", "op-1", lambda sealed: sealed[:5]),
        ("token", "op-1", lambda _: b""),
    ],
    ids=["another secret", "another row", "changed", "cut short", "empty"],
)
def test_what_does_not_fit_does_not_open(secret, about, change):
    sealed = change(Vault("token").seal("text", "op-1"))

    with pytest.raises(BadSeal):
        Vault(secret).open(sealed, about)
