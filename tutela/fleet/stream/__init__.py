"""Judge items from a broker as they come: at least once delivered, exactly one verdict and one effect for each."""

from tutela.fleet.stream.sink import Sink, Verdict
from tutela.fleet.stream.source import Message, Source, open_source
from tutela.fleet.stream.worker import Figures, Limits, Worker

__all__ = ["Figures", "Limits", "Message", "Sink", "Source", "Verdict", "Worker", "open_source"]
