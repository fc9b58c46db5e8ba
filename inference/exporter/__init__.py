"""Turns a torchvision model into artefacts; runs in the exporter image alone."""
