from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "tuki.doors.workspace"
