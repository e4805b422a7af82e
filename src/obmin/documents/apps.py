from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "obmin.documents"
    label = "documents"
