"""Who may do what? People, their second factor, sessions, roles by queue and clause, and keys for machines.

Over 400 lines: signing in is one piece, and the ways around it are easier to see when it is read as one.

Passwords are hashed with argon2id (RFC 9106, the second recommended option: 64 MiB, 3 passes). Secrets that we give out
(sessions, invitations, API keys) are stored as keyed hashes. Names sign in; elsewhere people go by an alias, since a
reviewer's name in a log can become a danger to them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from tutela.desk.forms import (
    ApiKey,
    Grant,
    Invitation,
    NewApiKey,
    Preferences,
    Right,
    Role,
    Scope,
    SignedIn,
    UserRow,
    Who,
)
from tutela.desk.memory import SECOND, Memory, maybe, new_id
from tutela.errors import BadRequest, Conflict, Expired, Forbidden, MissingPart, NotFound, NotSignedIn, TooMany
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case

RIGHTS: dict[Role, frozenset[Right]] = {
    "reviewer": frozenset(
        {"case.see", "case.decide", "case.reveal", "case.escalate", "case.undo", "report.see", "order.see", "account.see"}
    ),
    "lead": frozenset(
        {
            "case.see", "case.decide", "case.reveal", "case.escalate", "case.undo", "case.approve", "case.bulk",
            "case.hold", "appeal.judge", "report.see", "figures.see", "order.see", "order.replay", "policy.shadow",
            "account.see",
        }
    ),
    "analyst": frozenset({"figures.see"}),
    "auditor": frozenset({"case.see", "figures.see", "order.see", "ledger.see", "account.see"}),
    "admin": frozenset(
        {
            "case.see", "figures.see", "order.see", "order.replay", "endpoint.manage", "ledger.see", "erase",
            "people.manage", "keys.manage", "policy.shadow", "case.hold", "account.see",
        }
    ),
}  # fmt: skip
SCOPES: tuple[Scope, ...] = ("check", "report", "appeal", "read", "transparency", "admin")
_INVITATION_S = 3 * 86_400
_PENDING_S = 600
_SHORTEST = 12
_TRIES = 8
_TRIES_S = 900


class People:
    """Users, sessions and keys. Methods that say `actor` expect the user's id of who does it, `cli` for the shell."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._hasher: Any = None
        self._decoy = ""

    # Rights

    def rights(self, who: Who, case: Case | None = None) -> frozenset[Right]:
        """What a person may do; with a case, what they may do with that one."""
        found: set[Right] = set()
        for grant in who.grants:
            if case is None or _covers(grant, case):
                found |= RIGHTS[grant.role]
        return frozenset(found)

    def demand(self, who: Who, right: Right, case: Case | None = None) -> None:
        """Raises Forbidden (T403) unless the person may."""
        if right not in self.rights(who, case):
            raise Forbidden(
                "this is not among your rights" + ("" if case is None else " for this queue and clause"),
                where=right,
                next_step="an administrator can grant it",
            )

    # People

    def first(self) -> bool:
        """True while there is nobody who could sign in."""
        return self._memory.read(lambda tx: not tx.value("SELECT COUNT(*) FROM users WHERE active = 1"))

    def first_invitation(self) -> Invitation | None:
        """On the first start: an administrator without a password and the one-time link to set it. None later on.

        While nobody has a password yet, each start gives a new link and the old ones are void.
        """

        def job(tx: Tx) -> Invitation | None:
            if tx.value("SELECT COUNT(*) FROM users WHERE password <> ''"):
                return None
            found = tx.value("SELECT id FROM users WHERE name = 'admin'")
            user = found or self._add(tx, "admin", (Grant(role="admin"), Grant(role="lead")), actor="clock")
            return self._invite(tx, user, actor="clock")

        return self._memory.write(job)

    def invite(self, name: str, grants: Sequence[Grant], *, actor: str) -> Invitation:
        """A new person, with the one-time link to set a password. Raises Conflict (T409) for a name in use."""
        clean = name.strip()
        if not 2 <= len(clean) <= 120 or any(not char.isprintable() for char in clean):
            raise BadRequest("2 to 120 printable characters are expected", where="name")

        def job(tx: Tx) -> Invitation:
            if tx.value("SELECT COUNT(*) FROM users WHERE name = ?", clean):
                raise Conflict("this name is in use", where="name")
            return self._invite(tx, self._add(tx, clean, tuple(grants), actor=actor), actor=actor)

        return self._memory.write(job)

    def invite_again(self, user_id: str, *, actor: str) -> Invitation:
        """A new link for someone who lost a password or a second factor: both are set anew, sessions end."""

        def job(tx: Tx) -> Invitation:
            self._user(tx, user_id)
            tx.run("UPDATE users SET password = '', totp = NULL WHERE id = ?", user_id)
            tx.run("DELETE FROM sessions WHERE user_id = ?", user_id)
            return self._invite(tx, user_id, actor=actor)

        return self._memory.write(job)

    def _add(self, tx: Tx, name: str, grants: tuple[Grant, ...], *, actor: str) -> str:
        memory = self._memory
        at = memory.now()
        user = new_id("u", at)
        alias = f"reviewer-{secrets.token_hex(3)}"
        tx.run(
            "INSERT INTO users (id, name, alias, password, totp, totp_last, grants, active, made, oidc, settings)"
            " VALUES (?,?,?,'',NULL,0,?,1,?,NULL,?)",
            user, name, alias, _json(grants), at, _json(Preferences()),
        )  # fmt: skip
        memory.happen(tx, "person.added", actor=actor, body={"user": user, "roles": [grant.role for grant in grants]})
        return user

    def _invite(self, tx: Tx, user: str, *, actor: str) -> Invitation:
        memory = self._memory
        at = memory.now()
        token = secrets.token_urlsafe(32)
        expires = at + _INVITATION_S * SECOND
        tx.run("DELETE FROM invitations WHERE user_id = ?", user)
        tx.run(
            "INSERT INTO invitations (token, user_id, made, expires, used) VALUES (?,?,?,?,NULL)",
            memory.keys.token_hash(token), user, at, expires,
        )  # fmt: skip
        memory.happen(tx, "person.invited", actor=actor, body={"user": user})
        return Invitation(user_id=user, token=token, expires=moment(expires))

    def invited(self, token: str) -> str:
        """The sign-in name that an invitation is for. Raises Expired (T410)."""

        def job(tx: Tx) -> str:
            user = self._invitation(tx, token)
            name: str = tx.value("SELECT name FROM users WHERE id = ?", user)
            return name

        return self._memory.read(job)

    def accept(self, token: str, password: str) -> SignedIn:
        """Sets the password with an invitation, once, and signs in. Raises Expired (T410), BadRequest (T422)."""
        digest = self._hash(password)

        def job(tx: Tx) -> SignedIn:
            memory = self._memory
            user = self._invitation(tx, token)
            now = memory.now()
            if not tx.run(
                "UPDATE invitations SET used = ? WHERE token = ? AND used IS NULL", now, memory.keys.token_hash(token)
            ):
                raise Expired("this link was used already", next_step="ask for a new one")
            tx.run("UPDATE users SET password = ? WHERE id = ?", digest, user)
            memory.happen(tx, "person.joined", actor=user)
            return self._session(tx, user, whole=True)

        return self._memory.write(job)

    def _invitation(self, tx: Tx, token: str) -> str:
        memory = self._memory
        found = tx.one(
            "SELECT i.user_id, i.expires, i.used FROM invitations i JOIN users u ON u.id = i.user_id"
            " WHERE i.token = ? AND u.active = 1",
            memory.keys.token_hash(token),
        )
        if found is None or found[2] is not None or found[1] < memory.now():
            raise Expired("this link has run out or was used", next_step="ask an administrator for a new one")
        return str(found[0])

    def users(self) -> tuple[UserRow, ...]:
        """Everybody, by name."""

        def job(tx: Tx) -> tuple[UserRow, ...]:
            return tuple(
                UserRow(
                    id=row[0],
                    name=row[1],
                    alias=row[2],
                    grants=msgspec.json.decode(row[3], type=tuple[Grant, ...]),
                    active=bool(row[4]),
                    has_password=bool(row[5]),
                    has_totp=row[6] is not None,
                    made=moment(row[7]),
                )
                for row in tx.rows(
                    "SELECT id, name, alias, grants, active, password, totp, made FROM users ORDER BY name LIMIT 5000"
                )
            )

        return self._memory.read(job)

    def aliases(self, tx: Tx) -> dict[str, str]:
        """Aliases by user id."""
        return {row[0]: row[1] for row in tx.rows("SELECT id, alias FROM users")}

    def grant(self, user_id: str, grants: Sequence[Grant], *, actor: str) -> None:
        """Sets what a person may do. Raises Conflict (T409) when the last administrator would go."""

        def job(tx: Tx) -> None:
            self._user(tx, user_id)
            tx.run("UPDATE users SET grants = ? WHERE id = ?", _json(tuple(grants)), user_id)
            self._keep_one_admin(tx)
            self._memory.happen(
                tx,
                "person.granted",
                actor=actor,
                body={"user": user_id, "grants": msgspec.to_builtins(tuple(grants))},
            )

        self._memory.write(job)

    def switch(self, user_id: str, *, active: bool, actor: str) -> None:
        """Lets a person in or shuts them out; shutting out ends their sessions at once."""

        def job(tx: Tx) -> None:
            self._user(tx, user_id)
            tx.run("UPDATE users SET active = ? WHERE id = ?", int(active), user_id)
            if not active:
                tx.run("DELETE FROM sessions WHERE user_id = ?", user_id)
                tx.run("UPDATE cases SET holder = NULL, held_until = NULL WHERE holder = ?", user_id)
            self._keep_one_admin(tx)
            self._memory.happen(tx, "person.switched", actor=actor, body={"user": user_id, "active": active})

        self._memory.write(job)

    def _keep_one_admin(self, tx: Tx) -> None:
        for (grants,) in tx.rows("SELECT grants FROM users WHERE active = 1"):
            if any(grant.role == "admin" for grant in msgspec.json.decode(grants, type=tuple[Grant, ...])):
                return
        raise Conflict("nobody would be left who can manage people", next_step="make somebody else administrator first")

    def set_preferences(self, who: Who, preferences: Preferences) -> None:
        """How a person wants to see originals."""
        self._memory.write(lambda tx: tx.run("UPDATE users SET settings = ? WHERE id = ?", _json(preferences), who.id))

    def set_alias(self, who: Who, alias: str) -> None:
        """How others see a person: 2 to 40 printable characters."""
        clean = alias.strip()
        if not 2 <= len(clean) <= 40 or not clean.isprintable():
            raise BadRequest("2 to 40 printable characters are expected", where="alias")
        self._memory.write(lambda tx: tx.run("UPDATE users SET alias = ? WHERE id = ?", clean, who.id))

    # Signing in

    def sign_in(self, name: str, password: str, *, address: str = "") -> SignedIn:
        """A session for a name and password; not `whole` where a second factor is to follow.

        Raises NotSignedIn (T401), the same and after the same time for a wrong name and a wrong password; TooMany (T429) after
        8 wrong tries in 15 minutes for a name, or 40 from an address.
        """
        memory = self._memory
        mark, place = memory.keys.mark("sign_in", name.strip().lower()[:200]), memory.keys.mark("address", address)
        memory.write(
            lambda tx: (
                memory.spend(tx, f"sign_in:{mark}", limit=_TRIES, window_s=_TRIES_S),
                address and memory.spend(tx, f"sign_in_at:{place}", limit=_TRIES * 5, window_s=_TRIES_S),
            )
        )
        found = memory.read(
            lambda tx: tx.one("SELECT id, password, totp FROM users WHERE name = ? AND active = 1", name.strip()[:200])
        )
        digest = found[1] if found is not None and found[1] else ""
        fits = self._fits(digest, password)

        def job(tx: Tx) -> SignedIn | None:
            if found is None or not fits:
                memory.happen(tx, "sign_in.failed", actor="public", body={"name": mark})
                return None
            tx.run("DELETE FROM counts WHERE name = ?", f"sign_in:{mark}")
            memory.happen(tx, "signed_in", actor=found[0], body={"second": found[2] is not None})
            return self._session(tx, found[0], whole=found[2] is None)

        session = memory.write(job)
        if session is None:
            raise NotSignedIn("name or password is wrong", next_step="try again, or ask for a new link")
        return session

    def second(self, token: str, code: str) -> SignedIn:
        """Makes a session whole with a code of the second factor; each code counts once. A new session comes back.

        Raises NotSignedIn (T401), and TooMany (T429) after 8 wrong codes in 15 minutes: then the password is asked for anew.
        """
        memory = self._memory
        user, _ = memory.read(lambda tx: self._of_session(tx, token))
        # Counted in a commit of its own: the one below is rolled back for a wrong code.
        used = memory.write(lambda tx: memory.spend(tx, f"second:{user}", limit=1 << 30, window_s=_TRIES_S))
        if used > _TRIES:
            memory.write(lambda tx: tx.run("DELETE FROM sessions WHERE user_id = ? AND whole = 0", user))
            raise TooMany("too many wrong codes", retry_after_s=_TRIES_S)
        try:
            return memory.write(lambda tx: self._second(tx, token, code))
        except NotSignedIn:
            memory.write(lambda tx: memory.happen(tx, "sign_in.failed", actor="public", body={"second": True}))
            raise

    def _second(self, tx: Tx, token: str, code: str) -> SignedIn:
        memory = self._memory
        user, whole = self._of_session(tx, token)
        if whole:
            raise Conflict("this session is whole already")
        sealed, last = tx.one("SELECT totp, totp_last FROM users WHERE id = ?", user) or (None, 0)
        step = self._step(memory.vault.open(tx, sealed, str), code, last) if sealed else None
        if step is None:
            raise NotSignedIn("the code is wrong", next_step="wait for the next one")
        tx.run("UPDATE users SET totp_last = ? WHERE id = ?", step, user)
        tx.run("DELETE FROM sessions WHERE token = ?", memory.keys.token_hash(token))
        tx.run("DELETE FROM counts WHERE name = ?", f"second:{user}")
        return self._session(tx, user, whole=True)

    def _step(self, secret: str, code: str, last: int) -> int | None:
        import pyotp

        now_s = self._memory.now() // SECOND
        machine = pyotp.TOTP(secret)
        for step in (now_s // 30 - 1, now_s // 30, now_s // 30 + 1):
            if step > last and secrets.compare_digest(machine.at(step * 30).encode(), code.strip().encode()):
                return step
        return None

    def start_totp(self, who: Who) -> tuple[str, str]:
        """A new secret for the second factor and its `otpauth://` address. It counts from `confirm_totp` on."""
        import pyotp

        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=who.name, issuer_name="Tutela")

    def confirm_totp(self, who: Who, secret: str, code: str) -> None:
        """Takes up the second factor when the code fits the secret. Raises NotSignedIn (T401) otherwise."""
        step = self._step(secret, code, 0)
        if step is None:
            raise NotSignedIn("the code does not fit", next_step="check the clock of the device that makes it")

        def job(tx: Tx) -> None:
            memory = self._memory
            old = tx.value("SELECT totp FROM users WHERE id = ?", who.id)
            sealed = memory.vault.seal(tx, "totp", secret, at=memory.now())
            tx.run("UPDATE users SET totp = ?, totp_last = ? WHERE id = ?", sealed, step, who.id)
            memory.vault.erase(tx, [old] if old else [])
            memory.happen(tx, "person.totp", actor=who.id)

        self._memory.write(job)

    def oidc_sign_in(self, issuer: str, subject: str) -> SignedIn:
        """A session for someone whom the operator's identity provider vouches for. Raises NotSignedIn (T401)."""
        mark = self._memory.keys.mark("oidc", f"{issuer}\x00{subject}")

        def job(tx: Tx) -> SignedIn:
            user = tx.value("SELECT id FROM users WHERE oidc = ? AND active = 1", mark)
            if user is None:
                raise NotSignedIn("nobody here is linked to that account", next_step="sign in once and link it")
            self._memory.happen(tx, "signed_in", actor=user, body={"oidc": True})
            return self._session(tx, user, whole=True)

        return self._memory.write(job)

    def oidc_link(self, who: Who, issuer: str, subject: str) -> None:
        """Links a person to an account at the identity provider."""
        mark = self._memory.keys.mark("oidc", f"{issuer}\x00{subject}")

        def job(tx: Tx) -> None:
            if tx.value("SELECT COUNT(*) FROM users WHERE oidc = ? AND id <> ?", mark, who.id):
                raise Conflict("that account is linked to somebody else")
            tx.run("UPDATE users SET oidc = ? WHERE id = ?", mark, who.id)
            self._memory.happen(tx, "person.linked", actor=who.id)

        self._memory.write(job)

    # Sessions

    def who(self, token: str) -> SignedIn:
        """Whose session it is. Raises NotSignedIn (T401) for one that is unknown, over, or idle for too long."""
        memory = self._memory

        def job(tx: Tx) -> tuple[SignedIn, int]:
            now = memory.now()
            found = tx.one(
                "SELECT s.user_id, s.csrf, s.seen, s.expires, s.whole FROM sessions s JOIN users u ON u.id = s.user_id"
                " WHERE s.token = ? AND u.active = 1",
                memory.keys.token_hash(token),
            )
            if found is None or found[3] < now or found[2] < now - memory.settings.idle_s * SECOND:
                raise NotSignedIn("there is no such session any more", next_step="sign in")
            who = self._user(tx, found[0])
            signed = SignedIn(token=token, csrf=found[1], who=who, whole=bool(found[4]), expires=moment(found[3]))
            return signed, int(found[2])

        signed, seen = memory.read(job)
        now = memory.now()
        # Written now and then only: a page view is no write.
        if now - seen > 60 * SECOND:
            memory.store.submit(
                lambda tx: tx.run("UPDATE sessions SET seen = ? WHERE token = ?", now, memory.keys.token_hash(token))
            )
        return signed

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        self._memory.write(
            lambda tx: tx.run("DELETE FROM sessions WHERE token = ?", self._memory.keys.token_hash(token))
        )

    def sign_out_everywhere(self, who: Who) -> int:
        """Ends all sessions of a person; how many."""
        return self._memory.write(lambda tx: tx.run("DELETE FROM sessions WHERE user_id = ?", who.id))

    def change_password(self, who: Who, old: str, new: str) -> None:
        """Sets a new password and ends all sessions. Raises NotSignedIn (T401) when the old one is wrong."""
        digest = self._memory.read(lambda tx: tx.value("SELECT password FROM users WHERE id = ?", who.id))
        if not self._fits(digest or "", old):
            raise NotSignedIn("the old password is wrong")
        fresh = self._hash(new)

        def job(tx: Tx) -> None:
            tx.run("UPDATE users SET password = ? WHERE id = ?", fresh, who.id)
            tx.run("DELETE FROM sessions WHERE user_id = ?", who.id)
            self._memory.happen(tx, "person.password", actor=who.id)

        self._memory.write(job)

    def _session(self, tx: Tx, user: str, *, whole: bool) -> SignedIn:
        memory = self._memory
        now = memory.now()
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        expires = now + (memory.settings.session_s if whole else _PENDING_S) * SECOND
        tx.run(
            "INSERT INTO sessions (token, user_id, csrf, made, seen, expires, whole) VALUES (?,?,?,?,?,?,?)",
            memory.keys.token_hash(token), user, csrf, now, now, expires, int(whole),
        )  # fmt: skip
        return SignedIn(token=token, csrf=csrf, who=self._user(tx, user), whole=whole, expires=moment(expires))

    def _of_session(self, tx: Tx, token: str) -> tuple[str, bool]:
        memory = self._memory
        found = tx.one("SELECT user_id, whole, expires FROM sessions WHERE token = ?", memory.keys.token_hash(token))
        if found is None or found[2] < memory.now():
            raise NotSignedIn("there is no such session any more", next_step="sign in")
        return str(found[0]), bool(found[1])

    def _user(self, tx: Tx, user_id: str) -> Who:
        found = tx.one("SELECT id, name, alias, grants, settings, totp FROM users WHERE id = ?", user_id)
        if found is None:
            raise NotFound("no such person", where="user")
        return Who(
            id=found[0],
            name=found[1],
            alias=found[2],
            grants=msgspec.json.decode(found[3], type=tuple[Grant, ...]),
            preferences=msgspec.json.decode(found[4], type=Preferences),
            has_totp=found[5] is not None,
        )

    # Keys for machines

    def add_key(
        self, name: str, scopes: Sequence[Scope], *, per_minute: int = 60_000, days_valid: int | None = None, actor: str
    ) -> NewApiKey:
        """A key for a machine, its secret shown this once. `per_minute` counts items, not requests."""
        if not 0 < len(name) <= 80 or not name.isprintable():
            raise BadRequest("1 to 80 printable characters are expected", where="name")
        if not scopes or any(scope not in SCOPES for scope in scopes):
            raise BadRequest(f"one or more of {', '.join(SCOPES)} are expected", where="scopes")
        if per_minute < 1:
            raise BadRequest("1 or more is expected", where="per_minute")
        secret = "tut_" + secrets.token_urlsafe(32)

        def job(tx: Tx) -> NewApiKey:
            memory = self._memory
            at = memory.now()
            key = new_id("k", at)
            expires = None if days_valid is None else at + days_valid * 86_400 * SECOND
            tx.run(
                "INSERT INTO api_keys (id, hash, name, scopes, per_minute, active, made, expires) VALUES (?,?,?,?,?,1,?,?)",
                key, memory.keys.token_hash(secret), name, _json(tuple(scopes)), per_minute, at, expires,
            )  # fmt: skip
            memory.happen(tx, "key.added", actor=actor, body={"key": key, "scopes": list(scopes)})
            made = ApiKey(
                id=key, name=name, scopes=tuple(scopes), per_minute=per_minute, active=True, made=moment(at),
                expires=maybe(expires),
            )  # fmt: skip
            return NewApiKey(key=made, secret=secret)

        return self._memory.write(job)

    def key(self, secret: str) -> ApiKey:
        """Whose secret it is. Raises NotSignedIn (T401) for one that is unknown, switched off or over."""
        memory = self._memory
        rows = memory.read(lambda tx: self._keys(tx, "hash = ?", memory.keys.token_hash(secret)))
        if not rows or not rows[0].active or (rows[0].expires and rows[0].expires <= moment(memory.now())):
            raise NotSignedIn(
                "this key is not known", where="Authorization", next_step="send `Bearer` and a key's secret"
            )
        return rows[0]

    def keys(self) -> tuple[ApiKey, ...]:
        """All keys for machines, the newest first."""
        return tuple(self._memory.read(lambda tx: self._keys(tx, "1 = 1 ORDER BY made DESC")))

    def switch_key(self, key_id: str, *, active: bool, actor: str) -> None:
        """Switches a key off or on."""

        def job(tx: Tx) -> None:
            if not tx.run("UPDATE api_keys SET active = ? WHERE id = ?", int(active), key_id):
                raise NotFound("no such key", where="key")
            self._memory.happen(tx, "key.switched", actor=actor, body={"key": key_id, "active": active})

        self._memory.write(job)

    def _keys(self, tx: Tx, where: str, *values: object) -> list[ApiKey]:
        rows = tx.rows(
            f"SELECT id, name, scopes, per_minute, active, made, expires FROM api_keys WHERE {where}", *values
        )
        return [
            ApiKey(
                id=row[0],
                name=row[1],
                scopes=msgspec.json.decode(row[2], type=tuple[Scope, ...]),
                per_minute=row[3],
                active=bool(row[4]),
                made=moment(row[5]),
                expires=maybe(row[6]),
            )
            for row in rows
        ]

    # Passwords

    def _argon(self) -> Any:
        if self._hasher is None:
            try:
                from argon2 import PasswordHasher
            except ModuleNotFoundError:
                raise MissingPart("argon2-cffi is not installed", next_step="pip install 'tutela[desk]'") from None
            self._hasher = PasswordHasher()
            self._decoy = self._hasher.hash(secrets.token_urlsafe(16))
        return self._hasher

    def _hash(self, password: str) -> str:
        if len(password) < _SHORTEST or len(password) > 1_000:
            raise BadRequest(f"a password of {_SHORTEST} characters or more is expected", where="password")
        if len(set(password)) < 5:
            raise BadRequest("a password of so few different characters is guessed at once", where="password")
        digest: str = self._argon().hash(password)
        return digest

    def _fits(self, digest: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        hasher = self._argon()
        try:
            # Someone unknown costs as much time as someone known.
            hasher.verify(digest or self._decoy, password[:1_000])
        except (VerificationError, InvalidHashError):
            return False
        return bool(digest)


def _covers(grant: Grant, case: Case) -> bool:
    if grant.queues and case.queue not in grant.queues:
        return False
    return not grant.clauses or not case.clauses or any(clause in grant.clauses for clause in case.clauses)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


__all__ = ["RIGHTS", "SCOPES", "People"]
