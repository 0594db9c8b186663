"""Accidents and whom they are attributed to, with when each was known."""
