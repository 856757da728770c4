"""The live page: levers move, and the market answers while they do."""
