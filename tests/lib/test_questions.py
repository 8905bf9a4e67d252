from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, Q
from django.utils import timezone

from tuki.lib.questions import OneOf, Question, Slot
from tuki.people.models import Person
from tuki.tickets.models import ReadMark, Ticket


def test_a_question_is_answered_as_the_query_it_was_made_of(ada, eva):
    named = Question(lambda: Person.objects.filter(name=Slot("name", CharField())))

    assert named.ask(name=ada.person.name) == [ada.person]
    assert named.ask(name=eva.person.name) == [eva.person]
    assert named.ask(name="Nobody") == []


def test_its_rows_are_read_from_the_database_each_time(ada):
    named = Question(lambda: Person.objects.filter(pk=Slot("pk", BigIntegerField())))
    named.ask(pk=ada.person_id)
    Person.objects.filter(pk=ada.person_id).update(name="Ada Renamed")

    assert [person.name for person in named.ask(pk=ada.person_id)] == ["Ada Renamed"]


def test_rows_come_with_what_was_joined_and_annotated_and_with_the_types_of_their_fields(ticket, ada):
    read = ReadMark.objects.filter(person=Slot("reader", BigIntegerField()), ticket=OuterRef("pk"))
    question = Question(
        lambda: Ticket.objects.select_related("requester", "status", "team").annotate(read=Exists(read))
    )

    [found] = question.ask(reader=ada.person_id)

    assert (found.requester, found.status, found.team, found.read) == (ada.person, ticket.status, None, False)
    assert found.updated_at == ticket.updated_at
    assert found.status.labels == ticket.status.labels
    assert "requester" in found._state.fields_cache


def test_rows_of_values_are_tuples_with_the_types_of_their_fields(ticket):
    rows = Ticket.objects.filter(created_at__lte=Slot("now", DateTimeField())).values_list(
        "number", "created_at", "ours"
    )

    assert Question(lambda: rows).ask(now=timezone.now()) == [(ticket.number, ticket.created_at, True)]


def test_its_sql_is_made_once(ada, django_assert_num_queries):
    made = []
    question = Question(lambda: made.append(1) or Person.objects.filter(pk=Slot("pk", BigIntegerField())))

    with django_assert_num_queries(3):
        for _ in range(3):
            question.ask(pk=ada.person_id)
    assert made == [1]


def test_one_of_several_values_is_asked_for_however_many_there_are(ada, eva, django_assert_num_queries):
    named = Question(lambda: Person.objects.filter(OneOf("name", "names", CharField())).order_by("pk"))
    numbered = Question(lambda: Person.objects.filter(OneOf("pk", "ids", BigIntegerField())).values_list("pk"))
    named.ask(names=[])

    with django_assert_num_queries(3):
        assert named.ask(names=[ada.person.name, "Nobody", eva.person.name]) == [ada.person, eva.person]
        assert named.ask(names=["Nobody"]) == []
        assert numbered.ask(ids=[eva.person_id, -1]) == [(eva.person_id,)]


def test_one_of_several_values_may_be_one_condition_of_others(ada, eva):
    named = OneOf("name", "names", CharField())
    active = Question(lambda: Person.objects.filter(Q(named, is_active=False) | Q(pk=Slot("pk", BigIntegerField()))))
    Person.objects.filter(pk=eva.person_id).update(is_active=False)

    assert set(active.ask(names=[ada.person.name, eva.person.name], pk=-1)) == {eva.person}
