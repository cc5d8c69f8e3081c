"""Date formats of languages for which Django's own do not fit (settings.FORMAT_MODULE_PATH)."""
