from django.db import migrations, models


def fold(apps, schema_editor):
    for kind in ("Person", "Organization"):
        model = apps.get_model("people", kind)
        last = 0
        while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:500]):
            for row in rows:
                row.folded_name = row.name.casefold()
            model.objects.bulk_update(rows, ["folded_name"])
            last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("people", "0003_lists_by_name")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="folded_name",
            field=models.CharField(blank=True, default="", editable=False, max_length=240),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="organization",
            name="folded_name",
            field=models.CharField(blank=True, default="", editable=False, max_length=400),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
