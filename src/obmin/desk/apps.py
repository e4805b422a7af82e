from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "obmin.desk"
    label = "desk"
