"""A condition says the same of facts in Python and of columns in SQL, on both databases."""

import json

import pytest
from django.db.models import Exists, OuterRef, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuki.conditions.tree import All, Among, Condition, Not, Some, read
from tuki.people.models import Domain, Organization, Package

NAMES, DOMAINS = ["Acme", "Globex", "Initech"], ["a.example", "b.example", "c.example"]


def has_domain(values) -> Q:
    """Of companies: that one of their domains lies in one of these."""
    mine = Domain.objects.filter(organization=OuterRef("pk"))
    return Q(Exists(mine.filter(name__regex="|".join(rf"\.{value}$" for value in sorted(values)) or "^never$")))


COLUMNS = {"name": "name", "shares": "colleagues_take_part", "package": "package_id", "domains": has_domain}
LEAVES = st.one_of(
    st.builds(Among, st.just("name"), st.sets(st.sampled_from(NAMES))),
    st.builds(Among, st.just("shares"), st.sets(st.sampled_from([True, False, None]))),
    st.builds(Among, st.just("package"), st.sets(st.sampled_from([1, 2, None]))),
    st.builds(Among, st.just("domains"), st.sets(st.sampled_from(DOMAINS))),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda parts: All(*parts)),
        st.lists(inner, max_size=3).map(lambda parts: Some(*parts)),
    ),
    max_leaves=8,
)


@pytest.fixture
def companies(db) -> dict[int, dict[str, object]]:
    """Companies of every kind, each with its facts."""
    Package.objects.bulk_create(Package(pk=pk, key=f"package-{pk}") for pk in (1, 2))
    facts = {}
    for n, (name, shares, package) in enumerate(
        (name, shares, package) for name in NAMES for shares in (True, False, None) for package in (1, 2, None)
    ):
        row = Organization.objects.create(name=name, colleagues_take_part=shares, package_id=package)
        domains = {f"{letter}.example" for letter in ("", "a", "ab", "b")[n % 4]}
        for domain in domains:
            Domain.objects.create(name=f"{n}.{domain}", organization=row)
        facts[row.pk] = {"name": name, "shares": shares, "package": package, "domains": domains}
    return facts


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=CONDITIONS)
def test_facts_and_columns_agree(companies, condition: Condition):
    found = set(Organization.objects.filter(condition.as_q(COLUMNS)).values_list("pk", flat=True))

    assert found == {pk for pk, facts in companies.items() if condition.holds(facts)}


@given(condition=CONDITIONS)
def test_what_is_written_down_is_read_again(condition: Condition):
    again = read(json.loads(json.dumps(condition.data())))

    assert again == condition
    assert again.data() == condition.data()


def test_it_says_which_facts_it_asks_for():
    condition = All(Among("name", ["Acme"]), Not(Some(Among("shares", [True]), Among("package", [None]))))

    assert condition.fields() == {"name", "shares", "package"}


@pytest.mark.parametrize(
    "data", [{}, {"field": "a"}, {"field": 1, "among": []}, {"all": "x"}, {"all": [], "some": []}, {"not": {}}]
)
def test_what_is_no_condition_is_not_read(data):
    with pytest.raises(ValueError, match="no condition"):
        read(data)


def test_a_fact_that_nobody_knows_is_a_mistake():
    with pytest.raises(KeyError):
        Among("colour", ["red"]).holds({})
