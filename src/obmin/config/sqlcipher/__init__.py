"""A database engine: SQLite in a file that is encrypted as a whole."""
