"""A model as judge: what it is asked, what it said, and what follows from it."""
