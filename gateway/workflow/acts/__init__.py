"""What rows of both tables do and ask: acts on the circulation system, looks at them, and what staff do by hand. Knows no role."""
