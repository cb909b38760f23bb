"""What is wrong with a configuration, in one line."""


class ConfigurationError(Exception):
    """The function must not start. The text names the key, what is wrong and what would be right.

    It is one line, and quotes no secret.
    """
