from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "tuki.doors.email"
