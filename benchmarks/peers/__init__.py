"""What services are measured against; these programs run in the same images."""
