from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "obmin.reception"
    label = "reception"
