from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("file", models.FileField(upload_to="pictures")),
                ("size", models.IntegerField(null=True)),
            ],
        )
    ]
