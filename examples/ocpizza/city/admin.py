from django.contrib import admin

from .models import DailyMenu


@admin.register(DailyMenu)
class DailyMenuAdmin(admin.ModelAdmin):
    list_display = ["day", "restaurant", "product", "note"]
    list_filter = ["restaurant"]
