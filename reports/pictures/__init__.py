"""Record to pictures: what each shows, in words and as SVG."""
