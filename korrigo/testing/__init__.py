"""What tests of Korrigo and of strangers' plugins share; the pytest plugin is :mod:`korrigo.testing.plugin`."""
