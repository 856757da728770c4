"""The rules: pure compiled functions, one idea a file."""
