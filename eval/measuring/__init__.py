"""From answers to counts per item, for each task."""
