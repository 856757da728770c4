"""What a reader sees: the command line, tables and charts."""
