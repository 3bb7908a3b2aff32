"""One module per subcommand of `polka`, imported when it is called."""
