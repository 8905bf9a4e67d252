"""A connection that keeps more prepared statements than psycopg does by itself."""

from typing import Any

from django.db.backends.postgresql import base

KEPT = 400  # of one connection: psycopg's own 100 are fewer than the pages ask, and would push each other out


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = KEPT
        return connection
