"""Pages of grading: the screen, the marking scheme, finalising."""


def includeme(config):
    config.include(".screen")
    config.include(".scheme")
    config.include(".question")
    config.include(".finalise")
