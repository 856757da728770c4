"""The game: a room in which people play CCGs from their phones."""
