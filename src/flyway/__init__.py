"""Monitoring, impact and decisions for migratory waterbirds."""
