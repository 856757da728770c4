"""What if: scenarios, and how their runs are made and kept."""
