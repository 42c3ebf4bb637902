"""The shell: what every page shares, and the core's own pages."""


def includeme(config):
    # What others are built with.
    config.include(".templating")
    config.include(".slots")
    config.include(".nav")
    config.include(".static")
    config.add_korrigo_static("korrigo")
    # What every answer passes through.
    config.include(".headers")
    config.include(".errors")
    # Pages by subject.
    config.include(".health")
    config.include(".signin")
    config.include(".profile")
    config.include(".exams")
    config.include(".jobs")
    config.include(".pictures")
    config.include(".admin")
    # What programs ask.
    config.include(".api")
