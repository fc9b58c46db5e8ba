"""A record held to budgets, and to an earlier record."""
