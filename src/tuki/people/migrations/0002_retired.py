from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="package",
            name="retired",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="team",
            name="retired",
            field=models.BooleanField(default=False),
        ),
    ]
