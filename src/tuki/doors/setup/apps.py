from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "tuki.doors.setup"
