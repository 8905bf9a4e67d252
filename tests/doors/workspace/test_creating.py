"""Writing down what a customer told us by phone."""

from tuki.doors import once
from tuki.tickets.models import Ticket


def test_the_same_form_twice_is_one_request(desk_of, ada, eva):
    form = {
        "via": "phone",
        "requester": "ada@acme.example",
        "subject": "She called",
        "body": "It is stuck.",
        "once": once.new_token(eva),
    }

    first, again = desk_of.post("/workspace/tickets/new", form), desk_of.post("/workspace/tickets/new", form)

    assert first.url == again.url == f"/workspace/tickets/{Ticket.objects.get().number}"
