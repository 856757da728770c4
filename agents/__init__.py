"""Who is in the market, and how each of them decides."""
