"""JobKorea's accepted cover letters, from pages to `data/raw/essays.jsonl`."""
