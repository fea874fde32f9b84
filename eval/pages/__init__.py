"""The report: its sections, tables, plots and words."""
