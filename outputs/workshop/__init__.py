"""The workshop: a live page of the market, and a game for a room of phones, served from one laptop."""
