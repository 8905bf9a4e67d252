"""The database's tables: as this version has them, whatever was there before."""

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def bring_up_to_date() -> None:
    """Make or change what this version needs. Whoever calls is alone on the database."""
    executor = MigrationExecutor(connection)
    if not connection.introspection.table_names():
        _make_all()
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _make_all() -> None:
    """Each table as it is today, at once and in one transaction: to make it as it first was, and to change that one
    migration after the other, leads to the same and takes seconds."""
    models = [model for model in apps.get_models() if model._meta.can_migrate(connection)]
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
        editor.create_model(MigrationRecorder.Migration)
        record_all_migrations()


def record_all_migrations() -> None:
    """As done, on tables that are as they lead to."""
    applied = MigrationRecorder.Migration
    applied.objects.bulk_create([applied(app=app, name=name) for app, name in MigrationLoader(None).graph.nodes])
