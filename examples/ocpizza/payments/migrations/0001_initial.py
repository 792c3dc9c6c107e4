import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('shop', '0002_menu'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkout',
            fields=[
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='shop.payment')),
                ('session', models.CharField(max_length=255, unique=True)),
            ],
        ),
    ]
