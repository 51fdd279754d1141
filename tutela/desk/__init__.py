"""The desk: what happens after a decision. One object, `Desk`, with a room for each use case.

    from tutela import Engine
    from tutela.desk import Desk, KeyRing

    desk = Desk.open("sqlite:///desk.db", engine=Engine.load(), keys=KeyRing.open(Path("desk.keys")))
    recorded = desk.intake.record([item], [engine.check(item)])

Everything is synchronous and safe to call from several threads; an answer means it is stored. From an event loop:
`await desk.run(desk.review.case, case_id, who)`.
"""

from tutela.desk.desk import Desk
from tutela.desk.memory import DeskSettings
from tutela.ledger.keys import KeyRing

__all__ = ["Desk", "DeskSettings", "KeyRing"]
