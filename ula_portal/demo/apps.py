from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Composition: the demonstration office and the commands that know every app."""

    name = "ula_portal.demo"
    label = "demo"
