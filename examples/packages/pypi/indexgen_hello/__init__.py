"""Says hello: a sample package of indexgen."""


def greeting() -> str:
    """What the package has to say."""
    from importlib.metadata import version

    return f"Hello from {version('indexgen-hello')}"
