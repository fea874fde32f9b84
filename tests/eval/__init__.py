"""Tests of the scores, the statistics and the report."""
