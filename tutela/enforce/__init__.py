"""Orders to the platform: how they are signed, when they are tried again, how they are sent."""

from tutela.enforce.signing import new_secret, sign, verify

__all__ = ["new_secret", "sign", "verify"]
