"""What Korean text is made of: morphemes, n-grams, sentence vectors, shared runs of words."""
