"""Tests of the interview room."""
