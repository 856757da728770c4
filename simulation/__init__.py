"""What happens each month, and how one run is made."""
