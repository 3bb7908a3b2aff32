"""What an administrator runs: the command line, the broker, services and settings."""
