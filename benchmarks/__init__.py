"""The benchmark's peers: other ways to write and drive the same market."""
