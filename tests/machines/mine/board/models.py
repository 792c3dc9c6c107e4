from django.db import models


class Picture(models.Model):
    file = models.FileField(upload_to="pictures")
    # In bytes; the worker fills it in.
    size = models.IntegerField(null=True)
