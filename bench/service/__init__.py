"""Services measured over HTTP: their starts, and what they do under load."""
