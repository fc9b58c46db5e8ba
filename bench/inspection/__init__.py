"""What an image is made of: read once from its saved archive, explained by pure functions."""
