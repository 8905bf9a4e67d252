from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tuki.people"

    def ready(self) -> None:
        from tuki.people import events, jobs  # noqa: F401 - registers them
