"""The studies of `write`: tokenizers, models from scratch, and their pages."""
