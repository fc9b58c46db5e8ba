"""Record to Markdown and JSON; never touches the engine and never writes a record."""
