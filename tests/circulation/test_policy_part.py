"""A policy crosses the wire whole: a kiosk alone must come to the same dates and limits."""

from circulation.policy import parse_policy
from circulation.policy_part import PolicyPart, policy_of, policy_part

SCHOOL = """
version = "2026-autumn"
max_loans = 7
max_overdue = 1
max_renewals = 3
school_year_end = "05-25"
until_school_year_end = ["textbook", "reference"]
loan_days = { book = 21 }
kind_limits = { periodical = 2 }

[calendar]
weekdays = [6, 7]
days = ["2026-11-04", "2026-12-28/2027-01-08", "05-09"]

[categories.teacher]
max_loans = 20
loan_days = { book = 60 }
"""


def test_policy_comes_back_from_its_json_as_it_was():
    policy = parse_policy(SCHOOL)

    wire = policy_part(policy).model_dump_json()

    assert policy_of(PolicyPart.model_validate_json(wire)) == policy


def test_one_policy_is_always_the_same_json():
    first, second = policy_part(parse_policy(SCHOOL)), policy_part(parse_policy(SCHOOL))

    assert first.model_dump_json() == second.model_dump_json()
