"""The rows of a bill's life, by its stages."""
