from django.contrib import admin

from board.models import Picture

admin.site.register(Picture)
