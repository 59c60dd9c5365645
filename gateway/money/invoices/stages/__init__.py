"""The rows of an invoice's life, by its stages."""
