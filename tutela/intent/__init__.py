"""What a text is doing and to whom: threats, calls to expose, account trade, phishing, lures, fake and modified clients.

model = load_intent()
signals = model.judge([IntentInput(part=Part(name="text", text="…"))])
"""

from tutela.intent.cascade import IntentInput, IntentModel, Judged
from tutela.intent.cascade import load as load_intent

load = load_intent

__all__ = ["IntentInput", "IntentModel", "Judged", "load", "load_intent"]
