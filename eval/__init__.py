"""A run's answers, scored against the experts' advice and beside baselines."""
