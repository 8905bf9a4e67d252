from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "tuki.jobs"
