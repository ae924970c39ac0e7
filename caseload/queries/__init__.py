"""The only readers for pages. Every one starts from the viewer: what they may see is decided in the question itself."""
