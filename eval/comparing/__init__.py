"""From counts to numbers with intervals: bootstrap, differences, slices, pooled trainings."""
