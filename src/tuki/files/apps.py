from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "tuki.files"

    def ready(self) -> None:
        from tuki.files import jobs  # noqa: F401 - registers them
