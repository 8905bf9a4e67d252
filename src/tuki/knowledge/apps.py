from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "tuki.knowledge"

    def ready(self) -> None:
        from tuki.knowledge import handlers, jobs  # noqa: F401 - registers them
