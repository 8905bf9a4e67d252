"""Changes that nearly every action makes: said in Django's language once, and put into SQL once.

What `lib/questions.py` is for what is asked, this is for what is written. Nothing here sends Django's signals or
follows a foreign key that points here; none of what is written so has any use for that.

    _ENTRIES = Rows(Entry)
    _ENTRIES.add(Entry(event="ticket.replied"))

    _NUMBERED = Change(lambda: Ticket.objects.filter(pk=Slot("ticket", BigIntegerField())), number=Slot("number", ...))
    _NUMBERED.make(ticket=12, number=3)
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.sql import DeleteQuery, Query, UpdateQuery

from tuki.lib.questions import Slot, filled

Row = TypeVar("Row", bound=Model)


class Rows(Generic[Row]):
    """The rows of a model.

    one_by: fields that no two rows have alike. A row that is added takes the place of the one that has them already.
    """

    def __init__(self, model: type[Row], *, one_by: Sequence[str] = ()) -> None:
        self._model, self._one_by = model, one_by
        self._in_sql: dict[tuple[str, int], str] = {}  # by kind of database, and how many are added; 0: one is saved

    def add(self, row: Row) -> Row:
        """Write a new row, which has its id afterwards."""
        self.add_all([row])
        return row

    def add_all(self, rows: Sequence[Row]) -> None:
        """Write a few new rows at once, or none."""
        if not rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(self._sql(len(rows)), [value for row in rows for value in self._values(row, new=True)])
            ids = cursor.fetchall()
        for row, (pk,) in zip(rows, ids, strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias

    def save(self, row: Row) -> None:
        """Write all that an existing row holds."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql(0), [*self._values(row, new=False), row.pk])
            if not cursor.rowcount:
                raise ObjectDoesNotExist(f"{row!r} is gone")

    @cached_property
    def _fields(self) -> list[Any]:
        meta = self._model._meta
        return [field for field in meta.local_concrete_fields if field is not meta.auto_field]

    def _values(self, row: Row, *, new: bool) -> list[Any]:
        return [field.get_db_prep_save(field.pre_save(row, new), connection) for field in self._fields]

    def _sql(self, rows: int) -> str:
        key = connection.vendor, rows
        return self._in_sql.get(key) or self._in_sql.setdefault(key, self._insert(rows) if rows else self._update())

    def _insert(self, rows: int) -> str:
        name, meta = connection.ops.quote_name, cast(Any, self._model._meta)
        columns = ", ".join(name(field.column) for field in self._fields)
        values = ", ".join([f"({', '.join(['%s'] * len(self._fields))})"] * rows)
        instead = ""
        if self._one_by:
            one_by = ", ".join(name(field.column) for field in self._fields if field.name in self._one_by)
            others = [name(field.column) for field in self._fields if field.name not in self._one_by]
            instead = f" ON CONFLICT ({one_by}) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in others)}"
        table, pk = name(meta.db_table), name(meta.pk.column)
        return f"INSERT INTO {table} ({columns}) VALUES {values}{instead} RETURNING {pk}"

    def _update(self) -> str:
        name, meta = connection.ops.quote_name, cast(Any, self._model._meta)
        columns = ", ".join(f"{name(field.column)} = %s" for field in self._fields)
        return f"UPDATE {name(meta.db_table)} SET {columns} WHERE {name(meta.pk.column)} = %s"


class _Kept:
    """A statement that keeps its SQL. make: gives the rows that it is about, with slots, as of a Question."""

    def __init__(self, make: Callable[[], QuerySet[Any]]) -> None:
        self._make = make
        self._in_sql: dict[str, tuple[str, Sequence[Any]]] = {}  # by kind of database

    def make(self, **values: Any) -> int:
        """Do it. Gives how many rows it met."""
        sql, params = self._in_sql.get(connection.vendor) or self._put_into_sql()
        with connection.cursor() as cursor:
            cursor.execute(sql, filled(params, values))
            return int(cursor.rowcount)

    def _put_into_sql(self) -> tuple[str, Sequence[Any]]:
        query = self._statement(self._make().order_by().query)
        self._in_sql[connection.vendor] = query.get_compiler(connection=connection).as_sql()
        return self._in_sql[connection.vendor]

    def _statement(self, rows: Query) -> Any:
        raise NotImplementedError


def slots(model: type[Model], *names: str) -> dict[str, Slot]:
    """A slot for each of these columns, by its name."""
    fields: Any = model._meta
    return {name: Slot(name, fields.get_field(name)) for name in names}


class Change(_Kept):
    """An UPDATE. to: what becomes of each column: a value, a slot, or an expression of both."""

    def __init__(self, make: Callable[[], QuerySet[Any]], **to: Any) -> None:
        super().__init__(make)
        self._to = to

    def _statement(self, rows: Query) -> Any:
        query: Any = rows.chain(UpdateQuery)
        query.add_update_values(self._to)
        return query


class Removal(_Kept):
    """A DELETE of rows that no other row refers to."""

    def _statement(self, rows: Query) -> Any:
        return rows.chain(DeleteQuery)
