"""Claims about the wire room."""
