"""The charts: one file a chart, all in one house style."""
