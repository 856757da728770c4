"""The stories of one run, in sentences."""
