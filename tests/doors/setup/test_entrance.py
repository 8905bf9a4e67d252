"""Who is let into setup."""

import pytest


@pytest.mark.parametrize("path", ["/setup/", "/setup/mail/in", "/setup/mail/out", "/setup/jobs"])
def test_setup_is_for_administrators_and_nobody_else_learns_what_is_there(browser_of, root, eva, ada, path):
    assert browser_of(root).get(path).status_code == 200
    assert browser_of().get(path).url == f"/account/login/?next={path}"
    assert browser_of(ada).get(path).status_code == 404
    refused = browser_of(eva).get(path)
    assert refused.status_code == 403
    assert "Setup is for administrators." in refused.content.decode()


def test_only_an_administrator_s_pages_lead_to_setup(browser_of, root, eva):
    assert 'href="/setup/"' in browser_of(root).get("/workspace/views/open/").content.decode()
    assert 'href="/setup/"' not in browser_of(eva).get("/workspace/views/open/").content.decode()
