"""Answers without a model, and what they are made of: constants, retrieval, rules."""
