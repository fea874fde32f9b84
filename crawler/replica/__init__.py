"""A local stand-in for the site: its real structure and traps, with invented essays."""
