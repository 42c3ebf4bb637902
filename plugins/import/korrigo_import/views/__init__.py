"""Pages of import: sending scans, the contact sheet, the scan gate and its receipt, the roster."""


def includeme(config):
    config.include(".scans")
    config.include(".recipe")
    config.include(".pages")
    config.include(".gate")
    config.include(".receipt")
    config.include(".roster")
    config.include(".lists")
    config.include(".pupils")
