"""The places where a person puts a book on an antenna."""
