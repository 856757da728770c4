"""The version of csmarket, on its own so that reading it imports nothing else."""

VERSION = "0.1.0"
