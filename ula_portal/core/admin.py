"""Admin pages of the core floor."""

from django.contrib import admin

from .models import Unit

admin.site.register(Unit)
