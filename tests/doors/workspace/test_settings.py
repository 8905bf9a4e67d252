"""What an agent chooses for themselves."""


def test_what_goes_with_the_person_is_kept_with_them(desk_of, eva):
    desk_of.post("/workspace/settings", {"display_name": "Eva from support", "afterwards": "stay"})

    eva.person.refresh_from_db()
    assert eva.person.shown_name == "Eva from support"
    assert (eva.person.hears_of_assignments, eva.person.hears_of_replies) == (False, False)


def test_keys_can_be_switched_off_in_this_browser(desk_of, browser_of, eva):
    assert 'data-shortcuts="on"' in desk_of.get("/workspace/settings").content.decode()

    desk_of.post("/workspace/settings", {"afterwards": "list"})

    assert 'data-shortcuts="off"' in desk_of.get("/workspace/views/open/").content.decode()
    assert 'data-shortcuts="on"' in browser_of(eva).get("/workspace/views/open/").content.decode()


def test_a_choice_that_there_is_not_is_refused(desk_of):
    assert desk_of.post("/workspace/settings", {"afterwards": "home"}).status_code == 422
