"""Questions that nearly every page asks: said in Django's language once, and put into SQL once.

To put a question into SQL takes Django several times as long as the database takes to answer it. So those that are
asked all the time keep their SQL, with slots for what differs from one time to the next:

    _SESSION = Question(lambda: Session.objects.filter(session_key=Slot("key", CharField())))
    _SESSION.ask(key="abc")
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, Field, Func, IntegerField, JSONField, QuerySet, Subquery
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Slot(Expression):
    """A place in a question for a value that is given when it is asked. field: the kind of value."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def filled(self, values: dict[str, Any]) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


class OneOf(Func):
    """Whether a column's value is one of several, however many they are: OneOf("address", "addresses", CharField())."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(F(column))
        self._values = _Several(name, field)

    def as_sql(self, compiler: Any, connection: Any, *_more: Any, **_named: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        several = "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
        return f"{sql} {several}", [*params, self._values]


class _Several(Slot):
    def filled(self, values: dict[str, Any]) -> Any:
        several = [self.output_field.get_db_prep_value(value, connection) for value in values[self.name]]
        return several if connection.vendor == "postgresql" else json.dumps(several)


def filled(params: Iterable[Any], values: dict[str, Any]) -> list[Any]:
    """The parameters of kept SQL, with what is given for its slots."""
    return [param.filled(values) if isinstance(param, Slot) else param for param in params]


class HowMany(Subquery):
    """How many rows a query has; it says itself up to how many are worth counting."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class Ids(Subquery):
    """The ids that a query gives by values("id"), in its order, as one list; it says itself up to how many."""

    template = "(SELECT json_group_array(listed.id) FROM (%(subquery)s) AS listed)"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT COALESCE(jsonb_agg(listed.id), '[]') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template)


@dataclass(frozen=True)
class _InSql:
    sql: str  # empty where no database need be asked
    params: Sequence[Any]
    compiler: SQLCompiler
    converters: dict[int, Any]  # of a column's values, by its place
    read: Callable[[Iterable[Sequence[Any]]], list[Any]]


class Question(Generic[Row]):
    """A query that keeps its SQL. make: gives it, with slots; of rows as models or as values_list() has them.

    Nothing that make looks up may differ from one asking to the next: what does, is a slot.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._make = make
        self._in_sql: dict[str, _InSql] = {}  # by kind of database

    def ask(self, **values: Any) -> list[Row]:
        """The rows, as they are now."""
        known = self._in_sql.get(connection.vendor) or self._put_into_sql()
        if not known.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(known.sql, filled(known.params, values))
            rows = cursor.fetchall()
        return known.read(known.compiler.apply_converters(rows, known.converters) if known.converters else rows)

    def first(self, **values: Any) -> Row | None:
        return next(iter(self.ask(**values)), None)

    def _put_into_sql(self) -> _InSql:
        rows = self._make()
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # whatever is asked, nothing is in it
            sql, params = "", ()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        read = _models(compiler) if rows._iterable_class is ModelIterable else _tuples
        self._in_sql[connection.vendor] = _InSql(sql, params, compiler, converters, read)
        return self._in_sql[connection.vendor]


def _tuples(found: Iterable[Sequence[Any]]) -> list[Any]:
    return [tuple(row) for row in found]


def _models(compiler: Any) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """How Django's own ModelIterable reads rows, with what select_related() brought along."""
    info, select = compiler.klass_info, compiler.select
    model = info["model"]
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    populators: Callable[..., Any] = get_related_populators
    related = populators(info, select, connection.alias)
    annotations = list(compiler.annotation_col_map.items())

    def read(found: Iterable[Sequence[Any]]) -> list[Any]:
        rows = []
        for values in found:
            row = model.from_db(connection.alias, names, values[start:end])
            for populator in related:
                populator.populate(values, row)
            for name, place in annotations:
                setattr(row, name, values[place])
            rows.append(row)
        return rows

    return read
