"""Checks of the data step."""
