from django.conf import settings
from django.db import models


class Identity(models.Model):
    """Who somebody is at Google or Facebook: `subject` is theirs for ever, an e-mail address is not."""

    provider = models.CharField(max_length=10)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="one_user_an_identity")]
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"
