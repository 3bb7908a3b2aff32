"""What is wrong with a settings file, in a sentence that says which key and what to do."""


class BadSettings(ValueError):
    """Settings that cannot be used; the message says which key and what to do."""
