"""Checks of every room; they mirror the tree."""
