"""What is done to people, companies and their rights. One verb, one function; every door calls it."""

from tuki.people.actions.account import (
    accept_invitation,
    add_address,
    confirm_address,
    invite,
    note_two_factor,
    remove_address,
    set_password,
    write_to,
)
from tuki.people.actions.companies import (
    add_organization,
    give_seat,
    join,
    merge_organizations,
    share_tickets,
    take_seat,
)
from tuki.people.actions.persons import (
    add_person,
    change_profile,
    change_role,
    meet,
    merge_persons,
    set_teams,
)

__all__ = [
    "accept_invitation",
    "add_address",
    "add_organization",
    "add_person",
    "change_profile",
    "change_role",
    "confirm_address",
    "give_seat",
    "invite",
    "join",
    "meet",
    "merge_organizations",
    "merge_persons",
    "note_two_factor",
    "remove_address",
    "set_password",
    "set_teams",
    "share_tickets",
    "take_seat",
    "write_to",
]
