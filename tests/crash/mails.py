"""The mails that come of what goes on in a house: as it knows them, and as the second mail server has them."""

from collections.abc import Iterable

from tests.crash.house import Died, House, Taken, counted


class Mails:
    """Those that are made from here on."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._mails_before = len(house.mail_server.taken())
        self._last_delivery = newest(house, "mail_delivery")

    def states(self) -> dict[str, int]:
        """How many of them stand where."""
        return counted(state for _pk, _message_id, state in self._deliveries())

    def not_sent(self) -> set[int]:
        """Those that we don't know to have left."""
        return {pk for pk, _message_id, state in self._deliveries() if state != "sent"}

    def deliveries(self, message_id: str) -> set[int]:
        return {pk for pk, known, _state in self._deliveries() if known == message_id}

    def taken(self) -> list[Taken]:
        """What the second mail server has of them, in the order that it came."""
        return self._house.mail_server.taken()[self._mails_before :]

    def copies(self) -> list[str]:
        """The Message-IDs of mails that came once more."""
        return [
            message_id for message_id, count in counted(one.message_id for one in self.taken()).items() if count > 1
        ]

    def _check_mails(
        self, expected: Iterable[tuple[str, str]], died: Died | None = None, may_come_twice: Iterable[int] = ()
    ) -> None:
        """Each mail was made and sent, once, and none but those.

        expected: of what they speak, and to whom. may_come_twice: deliveries of which nobody can know whether they had
        left; those that whoever died had in its hands are among them.
        """
        unsure = {*may_come_twice, *(died.may_have_left() if died else ())}
        deliveries, wanted, taken = self._deliveries(), counted(expected), self.taken()
        assert counted(state for _pk, _message_id, state in deliveries) == {"sent": sum(wanted.values())}
        first = list({one.message_id: one for one in taken}.values())
        assert counted(_about(one) for one in first) == wanted
        assert {one.message_id for one in first} == {message_id for _pk, message_id, _state in deliveries}

        twice = set(self.copies())
        assert twice <= {message_id for pk, message_id, _state in deliveries if pk in unsure}
        assert len(taken) - len(first) == len(twice)  # never three times
        if twice:
            print(f"{len(twice)} mails came twice")

    def _deliveries(self) -> list[tuple[int, str, str]]:
        rows = self._house.ask(f"SELECT id, message_id, state FROM mail_delivery WHERE id > {self._last_delivery}")
        return [(pk, message_id, state) for pk, message_id, state in rows]


def newest(house: House, table: str) -> int:
    ((found,),) = house.ask(f"SELECT coalesce(max(id), 0) FROM {table}")
    return int(found)


def _about(mail: Taken) -> tuple[str, str]:
    # A stranger is told nothing of what they wrote.
    (marker,) = mail.markers or {f"{mail.to.partition('@')[0]}-stranger"}
    return marker, mail.to
