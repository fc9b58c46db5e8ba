"""Two records side by side: what changed, in which metric, and because of what."""
