"""Tables are the same whichever way a database came to this version."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import nodes

SETUP = "import django; django.setup(); from tuki.config.server.tables import bring_up_to_date\n"
MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0, *{})\n"
SHAPE = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
with connection.cursor() as cursor:
    tables = {}
    for name in connection.introspection.table_names(cursor):
        described = connection.introspection.get_table_description(cursor, name)
        columns = {column.name: str(column[1:]) for column in described}
        rules = connection.introspection.get_constraints(cursor, name).items()
        numbered = ("__unnamed", "fk_")  # in the order in which they were made
        tables[name] = columns, sorted(str((not rule.startswith(numbered) and rule, said)) for rule, said in rules)
executor = MigrationExecutor(connection)
del tables["auth_group_permissions"]  # Django's migration gives it a wider id than Django's model has; it stays empty
print(json.dumps([tables, len(executor.migration_plan(executor.loader.graph.leaf_nodes()))]))
"""


def shape(folder: Any, *steps: str) -> list[Any]:
    """Of a new database after these steps: what each table holds and rules, and how many migrations are left."""
    with nodes.fresh_environment(folder) as env:
        env["DJANGO_SETTINGS_MODULE"] = "tuki.config.settings"
        done = subprocess.run(
            [sys.executable, "-c", SETUP + "".join(steps) + SHAPE], env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.django_db(transaction=True)
def test_made_at_once_they_are_what_migrations_lead_to_from_an_older_version(tmp_path):
    tables, left = shape(tmp_path / "at-once", "bring_up_to_date()")
    older = [MIGRATE.format(["tickets", "0002"]), MIGRATE.format(["mail", "0003"])]

    assert left == 0
    assert len(tables) > 60
    assert shape(tmp_path / "older", *older, "bring_up_to_date()") == [tables, 0]
