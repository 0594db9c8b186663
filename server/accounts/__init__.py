"""Users, their roles within scopes, and sessions."""
