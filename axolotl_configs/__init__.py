"""One YAML per run, and the check that Axolotl knows every key in it."""
