from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "obmin.people"
    label = "people"
