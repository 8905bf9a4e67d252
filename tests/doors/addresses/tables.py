"""What each address answers to whom, door by door, and who may read which word.

A row is a method, an address and an answer for each column; "…" goes on with the answer before it. Whoever adds an
address adds its rows for GET and POST. No answer carries a word that its reader must not know.
"""

from collections.abc import Iterator
from typing import Any

from tests.doors.addresses import account, guide, help_center, machines, portal, setup, workspace

# The columns: none is nobody signed in; carol, Acme's manager, sees all of its requests; the others as in conftest.py.
#
# {own}        ada's request of team support, assigned to eva; nils is in copy. Follows up {payroll}, mentions {secret}
# {payroll}    ada's, of the private team payroll, in which hanna works alone
# {secret}     ada's, confidential, assigned to eva
# {gone}       ada's, in the trash
# {said} {note} {mailed}    messages of {own}: its first, eva's internal note, ada's answer by mail
# {payroll_said} {secret_said} {gone_said}    the first messages of the others
# {own_file} {note_file} {payroll_file} {secret_file} {gone_file}    what came with them
# {upload} {spare}    files that ada has taken up and not sent yet
# {draft} {leaving}    eva's on {own}: begun, and about to leave
# {mail} {payroll_mail} {aside}    mails that came: ada's to {own} and {payroll}, and one of nobody's that was set aside
# {team} {place} {package}    eva's team; ada's place at Acme; what companies can buy
# {table}      of people, tried and not taken in
# {source}    an account from which mail is fetched; nobody answers there
# {told} {payroll_told}    mails to ada about {own} and {payroll}, that wait; {job}, work that failed
# {rule}       by which mail of a sender is spam; {suppressed}, an address that is not written to
# {lost} {leave}    a mail with eva's words that did not arrive; the link by which nils leaves {own}
# {nils_place} {far} {asked}    places of nils and dora, and the one at Acme that dora is asked to take
# {unfollow}    the link by which carol ceases to follow Acme
# {room} and others    the help center's, see help_center.py
# {follow_asked} {stop} {follows}    links in mails to an address that asked to follow {shelf}, and to one that does
# {address} {session} {passkey}    ada's: a further address, not confirmed yet; where she is signed in beside here

PAGES = {"portal": portal, "account": account, "workspace": workspace, "guide": guide, "setup": setup}
DOORS = {**PAGES, "machines": machines}
FORMS = {name: form for door in PAGES.values() for name, form in door.FORMS.items()}
# Taken without the form's own secret: they change nothing of anybody's.
NO_SECRET = portal.NO_SECRET | machines.NO_SECRET

# Who may read what: a word stands in one place, and in no answer to anybody else.
WORDS = {
    "medlar": {"ada", "nils", "carol", "eva", "otto", "hanna", "root"},  # what {own} says
    "walnut": {"ada", "carol", "hanna"},  # {payroll}: subject, words and file
    "almond": {"ada", "eva"},  # {secret}, likewise
    "pecan": {"eva", "otto", "hanna", "root"},  # {gone}
    "raisin": {"eva", "otto", "hanna", "root"},  # the internal note, its words and file
    "sorrel": {"eva", "otto", "hanna", "root"},  # a header of ada's mail as it came
    "papaya": {"eva", "otto", "hanna", "root"},  # what the private team is called
    "quince": {"eva"},  # her drafts, and the files in them
    "damson": {"ada"},  # {upload}
    "elderberry": {"ada"},  # {passkey}
    **help_center.WORDS,
}


def rows(*doors: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, address and whose answer is what; of live changes a topic for an address."""
    for door in doors:
        who, *lines = door.ADDRESSES.strip().splitlines()
        for line in lines:
            method, address, *answers = line.split()
            if answers[-1] == "…":
                answers[-1:] = [answers[-2]] * (len(who.split()) - len(answers) + 1)
            yield method, address, dict(zip(who.split(), answers, strict=True))
