from django.db import migrations
from django.db.models import Exists, OuterRef


def let_who_never_came_accept(apps, schema_editor):
    """Whoever was invited and did nothing since has to accept. Who signed in or wrote by mail has come by that."""
    done = apps.get_model("journal", "Entry").objects.filter(person=OuterRef("person"))
    invited = apps.get_model("people", "Membership").objects.exclude(asked_at="").filter(pending=False)
    never_came = invited.filter(~Exists(done), person__last_login=None, person__password__startswith="!")
    never_came.filter(suspended_at=None).update(pending=True)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("people", "0007_words_of_rights")]

    operations = [migrations.RunPython(let_who_never_came_accept, migrations.RunPython.noop)]
