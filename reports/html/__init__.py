"""Record to one HTML file: all of the page, and every image taken apart."""
