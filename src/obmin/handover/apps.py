from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "obmin.handover"
    label = "handover"
