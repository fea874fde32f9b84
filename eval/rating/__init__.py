"""People as judges: the rating page, what it keeps, and what follows from it."""
