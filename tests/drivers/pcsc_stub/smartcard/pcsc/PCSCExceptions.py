"""The exceptions of the service below pyscard."""


class BaseSCardException(Exception):
    pass


class EstablishContextException(BaseSCardException):
    pass
