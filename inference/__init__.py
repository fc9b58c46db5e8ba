"""What runs inside every image: preprocessing, back ends, the entry point and its protocol."""
