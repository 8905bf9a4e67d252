"""What is done to people, companies and their rights. One verb, one function; every door calls it."""

from tuki.people.actions.account import (
    accept_invitation,
    add_address,
    confirm_address,
    invite,
    remove_address,
    set_password,
    write_to,
)
from tuki.people.actions.closing import close_account, reopen_account
from tuki.people.actions.companies import (
    add_organization,
    change_organization,
    change_visibility,
    merge_organizations,
    name_account_manager,
)
from tuki.people.actions.factors import note_factor, remove_factor, reset_two_factor
from tuki.people.actions.importing import begin_import, run_import, work_on_import
from tuki.people.actions.members import (
    accept_place,
    end_invitation,
    invite_again,
    invite_colleague,
    join,
    let_back,
    make_manager,
    name_main_contact,
    suspend,
)
from tuki.people.actions.packages import change_package, sell_package
from tuki.people.actions.persons import (
    add_person,
    change_profile,
    change_role,
    meet,
    merge_persons,
    sign_up,
)
from tuki.people.actions.seats import give_seat, let_seat_run_out, move_seat, take_seat
from tuki.people.actions.teams import set_members, set_teams

__all__ = [
    "accept_invitation",
    "accept_place",
    "add_address",
    "add_organization",
    "add_person",
    "begin_import",
    "change_organization",
    "change_package",
    "change_profile",
    "change_role",
    "change_visibility",
    "close_account",
    "confirm_address",
    "end_invitation",
    "give_seat",
    "invite",
    "invite_again",
    "invite_colleague",
    "join",
    "let_back",
    "let_seat_run_out",
    "make_manager",
    "meet",
    "merge_organizations",
    "merge_persons",
    "move_seat",
    "name_account_manager",
    "name_main_contact",
    "note_factor",
    "remove_address",
    "remove_factor",
    "reopen_account",
    "reset_two_factor",
    "run_import",
    "sell_package",
    "set_members",
    "set_password",
    "set_teams",
    "sign_up",
    "suspend",
    "take_seat",
    "work_on_import",
    "write_to",
]
