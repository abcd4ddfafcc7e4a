"""The one language of conditions, for routing rules and for forms: data, never code (docs/casework.md)."""
