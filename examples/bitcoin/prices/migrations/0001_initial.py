from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Price",
            fields=[
                ("time", models.DateTimeField(primary_key=True, serialize=False)),
                ("usd", models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                "db_table": "bitcoin_prices",
                "ordering": ("time",),
                "constraints": [models.CheckConstraint(condition=models.Q(("usd__gt", 0)), name="bitcoin_prices_usd_positive")],
            },
        ),
    ]
