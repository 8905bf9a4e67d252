"""People and companies are found whichever the case of their names, in every alphabet and on either database."""

import pytest

from tuki.people import actions, lists, queries


@pytest.mark.parametrize("words", ["ÄIJÄLÄ", "äijälä", "Äijälä", "AINO@acme"])
def test_a_person_is_found_by_name_and_address(desk, eva, words):
    aino = actions.add_person("aino@acme.example", name="Äijälä, Aino", by=eva)

    assert list(queries.find_persons(words)) == list(lists.persons(words=words)) == [aino]


def test_a_person_is_found_by_the_name_that_is_theirs_now(desk, eva):
    aino = actions.add_person("aino@acme.example", name="Aino Äijälä", by=eva)
    actions.change_profile(aino, name="Aino Öhman", by=eva)

    assert list(queries.find_persons("ÖHMAN")) == [aino]
    assert not queries.find_persons("äijälä").exists()


def test_a_company_is_found_by_the_name_that_it_has_now(desk, eva):
    brewery = actions.add_organization("Ålands Öl", code="", domains=[], by=eva)

    assert list(queries.find_organizations("åLANDS")) == [brewery]
    assert queries.company_named("ÅLANDS ÖL") == brewery
    actions.change_organization(brewery, name="Ålands Must", by=eva)
    assert queries.company_named("ålands öl") is None
    assert queries.company_named("ÅLANDS MUST") == brewery
