"""The API for programs: ``/api/v1``, by tokens only, JSON in and out, described by the document that it serves."""


def includeme(config):
    from .door import api_deriver
    from .operations import add_korrigo_api

    config.add_directive("add_korrigo_api", add_korrigo_api)
    config.add_view_deriver(api_deriver, name="api", under="rendered_view", over="VIEW")
    config.include(".document")
    config.include(".core")
