"""The service from Python: the same types go in and come out as in the library.

from tutela import Item
from tutela.client import Client

with Client("http://127.0.0.1:8000", key="tut_…") as tutela:
    decision = tutela.check(Item(id="1", text="…"))
"""

from tutela.client.client import Client, Refused
from tutela.enforce.signing import verify as verify_webhook

__all__ = ["Client", "Refused", "verify_webhook"]
