"""Images to record: inspection, container sessions, phases, statistics and verification."""
