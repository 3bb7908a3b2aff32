"""A librarian's policy file is checked key by key."""

import pytest

from circulation.policy import BadPolicy, ItemKind, Policy, parse_policy


def test_an_empty_file_is_the_default_policy() -> None:
    assert parse_policy("") == Policy()


def test_what_is_given_replaces_the_default_and_the_rest_stays() -> None:
    policy = parse_policy('version = "2026-autumn"\nmax_loans = 3\n[loan_days]\nbook = 21\n')

    assert (policy.version, policy.max_loans) == ("2026-autumn", 3)
    assert policy.loan_days[ItemKind.BOOK] == 21
    assert policy.loan_days[ItemKind.TEXTBOOK] == Policy().loan_days[ItemKind.TEXTBOOK]


def test_textbooks_do_not_use_up_the_limit() -> None:
    assert not Policy().counts(ItemKind.TEXTBOOK)
    assert Policy().counts(ItemKind.BOOK)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("max_loans = -1", "max_loans"),
        ("max_loans = true", "max_loans"),
        ('max_loans = "five"', "max_loans"),
        ("max_books = 5", "max_books"),
        ("[loan_days]\nbook = 0", "loan_days.book"),
        ("[loan_days]\nscroll = 7", "loan_days.scroll"),
        ("loan_days = 14", "loan_days"),
        ('version = " "', "version"),
        ("max_loans = ", "not a TOML file"),
    ],
)
def test_a_bad_number_is_named_and_says_what_to_give(text: str, named: str) -> None:
    with pytest.raises(BadPolicy, match=named):
        parse_policy(text)
