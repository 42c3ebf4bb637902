"""Pages of import: sending scans, the contact sheet, the roster."""


def includeme(config):
    config.include(".scans")
    config.include(".pages")
    config.include(".roster")
    config.include(".lists")
    config.include(".pupils")
