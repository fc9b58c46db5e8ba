"""Files that put the service onto a platform, and the checks that they and the image agree."""
