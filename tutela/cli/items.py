"""Items for the command line: from arguments, files, folders and JSON lines; what cannot be read keeps its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Literal

from msgspec import Struct
from msgspec.structs import replace

from tutela.errors import BadItem, MissingFile, NotText, TooLarge, TutelaError
from tutela.model import Item, Media, decode_item

MAX_LINE_BYTES = 64 << 20
MAX_FILE_BYTES = 1 << 30


class Failed(Struct, frozen=True):
    """An item that could not be read: where it stood and why. `id` is known only where the JSON gave it."""

    where: str
    error: TutelaError
    id: str = ""


Entry = Item | Failed


def from_arguments(arguments: Sequence[str]) -> list[Entry]:
    """One item for each argument: a file by its real type, each file of a folder, else the argument as a text."""
    entries: list[Entry] = []
    for number, argument in enumerate(arguments, 1):
        path = Path(argument)
        try:
            exists = path.exists()
        except (OSError, ValueError):
            # Longer than a file name may be, or with characters none can hold: a text.
            exists = False
        if not exists and _names_a_file(argument):
            problem = MissingFile("no such file", where=argument, next_step="check the path; a text is given in quotes")
            entries.append(Failed(argument, problem))
        elif not exists:
            entries.append(Item(id=f"text-{number}" if len(arguments) > 1 else "text", text=argument))
        elif path.is_dir():
            entries.extend(from_file(found) for found in sorted(path.rglob("*")) if found.is_file())
        else:
            entries.append(from_file(path))
    return entries


_ENDINGS = frozenset(
    "jpg jpeg png gif webp heic avif tif tiff bmp pdf doc docx docm xls xlsx xlsm ppt pptx odt rtf txt csv json jsonl md "
    "apk ipa zip 7z rar tar gz tgz mp3 wav ogg m4a flac mp4 mov mkv webm avi eml msg html htm svg py js sh ps1 bat exe "
    "dll iso lnk toml parquet log".split()
)


def _names_a_file(argument: str) -> bool:
    """True for a word that can only be meant as a file: judging the name as a text would look like a verdict on it."""
    name, _, ending = argument.rpartition(".")
    return (
        bool(name) and ending.lower() in _ENDINGS and "://" not in argument and not any(c.isspace() for c in argument)
    )


def from_file(path: Path) -> Entry:
    """A file as an item of one medium; surface and kind follow its content, not its name."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return Failed(str(path), TooLarge(f"larger than {MAX_FILE_BYTES} bytes", where=str(path)))
        data = path.read_bytes()
    except OSError as error:
        return Failed(str(path), MissingFile(error.strerror or "cannot be read", where=str(path)))
    from tutela.extract.items import shape_of

    shape: Literal["image", "audio", "video", "file"] = shape_of(data)
    return Item(id=str(path), surface=shape, media=(Media(kind=shape, name=path.name, data=data),))


def from_lines(source: IO[bytes], name: str, folder: Path) -> Iterator[Entry]:
    """One entry for each line that is not blank, in order. `folder` is what media paths are relative to."""
    number = 0
    while True:
        line = source.readline(MAX_LINE_BYTES + 1)
        if not line:
            return
        number += 1
        where = f"{name}, line {number}"
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = source.readline(MAX_LINE_BYTES)
            yield Failed(
                where,
                TooLarge(
                    f"the line is longer than {MAX_LINE_BYTES} bytes",
                    where=where,
                    next_step="put large media beside the file and name them by `path`",
                ),
            )
            continue
        if not line.strip():
            continue
        yield _from_line(line, where, folder)


def _from_line(line: bytes, where: str, folder: Path) -> Entry:
    try:
        item = decode_item(line)
    except BadItem as error:
        try:
            line.decode()
        except UnicodeDecodeError as broken:
            return Failed(
                where,
                NotText(f"not UTF-8 at byte {broken.start}", where=where, next_step="save the file as UTF-8"),
            )
        return Failed(where, BadItem(error.what, where=where, next_step=error.next_step), _id_of(line))
    if not item.media:
        return item
    media: list[Media] = []
    for number, entry in enumerate(item.media):
        if entry.data is None and entry.path is not None:
            path = folder / entry.path
            try:
                media.append(replace(entry, data=path.read_bytes(), name=entry.name or path.name))
            except OSError as error:
                problem = MissingFile(
                    f"media/{number}: {error.strerror or 'cannot be read'}",
                    where=where,
                    next_step="`path` is relative to the items file",
                )
                return Failed(where, problem, item.id)
        else:
            media.append(entry)
    return replace(item, media=tuple(media))


def _id_of(line: bytes) -> str:
    """The id of a line that is JSON but no item, so that its answer can be matched."""
    import msgspec

    try:
        raw = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return ""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) and len(found) <= 200 else ""
