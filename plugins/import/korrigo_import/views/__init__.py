"""Pages of import: sending scans, the contact sheet, the roster."""


def includeme(config):
    config.include(".scans")
    config.include(".recipe")
    config.include(".pages")
    config.include(".roster")
