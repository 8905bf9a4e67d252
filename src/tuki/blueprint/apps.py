from django.apps import AppConfig


class BlueprintConfig(AppConfig):
    name = "tuki.blueprint"
