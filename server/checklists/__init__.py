"""Published checklist versions, immutable by content hash, and the registry of standards they cite."""
