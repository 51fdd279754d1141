"""Tutela: keeps a platform's people and the platform itself safe under a privacy and security policy."""
