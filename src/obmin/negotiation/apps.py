from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "obmin.negotiation"
    label = "negotiation"
