from django.contrib import admin

from .models import Identity


@admin.register(Identity)
class IdentityAdmin(admin.ModelAdmin):
    list_display = ["provider", "subject", "user"]
    raw_id_fields = ["user"]
