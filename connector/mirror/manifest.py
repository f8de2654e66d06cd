"""What a backup says of itself: `<archive>.manifest.json` beside it, schema `dnevnik/manifest/1` (docs/backups.md).

A manifest is written once, after its archive. It carries the digest of its own words, so that a flipped bit shows in
it as well; against somebody who rewrites both files only a copy elsewhere helps.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from connector.errors import ManifestForeign, ManifestMissing, ManifestUnreadable
from connector.i18n import N_
from connector.mirror.file import translated

SCHEMA = "dnevnik/manifest/1"
SUFFIX = ".manifest.json"
# Some kilobytes are usual; what is longer is not ours.
LARGEST = 1_048_576

ARCHIVE_NAME = re.compile(r"dnevnik-[0-9]{1,20}-[0-9]{8}T[0-9]{6}Z\.db\.zst(\.age)?")

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where the chain of changes ended: how many rows it had, and its head (None where there was no row)."""

    rows: Count
    head: Hash | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A report made from the live mirror in the moment of the copy.

    Attributes:
        name: of the report.
        as_of: its day of judging.
        made_at: the moment it was made for.
        zone: name of the school's zone that it was judged in.
        rulebook: sha256 of the rulebook it was judged by.
        program: version of the program that judged.
        findings: how many.
        sha256: of its JSON document.

    """

    name: str
    as_of: str
    made_at: str
    zone: str
    rulebook: Hash
    program: str
    findings: Count
    sha256: Hash


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts of one backup.

    Attributes:
        file: name of the archive beside the manifest.
        bytes: size of the archive.
        sha256: of the archive.
        unpacked_bytes: size of the database in it.
        unpacked_sha256: of the database in it.
        created_at: UTC, whole seconds, `Z`; the same moment stands in the file's name.
        school_id: whose data it is.
        schema_version: of the mirror's schema.
        tool_version: of this program.
        host_zone: zone of the machine that made it.
        run: the last run in the mirror, or None.
        encrypted: whether a key is needed.
        rows: rows by table.
        tables: sha256 of each table's content, see `connector.mirror.backup.content_hashes`.
        orphans: rows without their parent by table: known when the copy was made, so no fault of the backup.
        page_size: of the database.
        chain: of the history; None where the mirror had none.
        report: what `backup drill` must find again; None where no report could be made.
        digest: sha256 of all the other members.

    """

    file: str
    bytes: Count
    sha256: Hash
    unpacked_bytes: Count
    unpacked_sha256: Hash
    created_at: Annotated[
        str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
    ]
    school_id: Count
    schema_version: Count
    tool_version: str
    host_zone: str
    run: Count | None
    encrypted: bool
    rows: dict[str, Count]
    tables: dict[str, Hash]
    orphans: dict[str, Count]
    page_size: Count
    chain: ChainHead | None = None
    report: Proof | None = None
    digest: str = ""
    schema: str = SCHEMA

    @property
    def moment(self) -> datetime:
        """When the copy was made; aware."""
        return datetime.fromisoformat(self.created_at)


def manifest_path(archive: Path) -> Path:
    """Where the manifest of an archive lies."""
    return archive.with_name(archive.name + SUFFIX)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as its file holds it, with its digest."""
    document = msgspec.to_builtins(manifest)
    document["digest"] = _digest(document)
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def parse_manifest(content: bytes, path: Path) -> Manifest:
    """Read a manifest; `path` is only for the errors.

    Raises:
        ManifestUnreadable: not JSON, not this schema, a member missing or impossible, or changed since it was written.

    """
    unreadable = N_("it is not the document that was written")
    try:
        document = json.loads(content)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise ManifestUnreadable(N_("it has another schema"), path=str(path))
        manifest = msgspec.convert(document, Manifest)
        moment = manifest.moment
        if document["digest"] != _digest(document):
            raise ManifestUnreadable(N_("it was changed after it was written"), path=str(path))
    except (ValueError, KeyError, RecursionError, msgspec.MsgspecError) as problem:
        raise ManifestUnreadable(unreadable, path=str(path)) from problem
    if not ARCHIVE_NAME.fullmatch(manifest.file) or f"{moment:%Y%m%dT%H%M%SZ}" not in manifest.file:
        raise ManifestUnreadable(unreadable, path=str(path))
    return manifest


def read_manifest(path: Path) -> Manifest:
    """Read the manifest at `path`, or the one beside the archive at `path`.

    Raises:
        ManifestMissing: there is none.
        ManifestUnreadable: see `parse_manifest`.
        ManifestForeign: it speaks of another file than the one it lies beside.
        MirrorUnusable: the disk refuses.

    """
    place = path if path.name.endswith(SUFFIX) else manifest_path(path)
    try:
        with translated(place), place.open("rb") as file:
            content = file.read(LARGEST + 1)
    except Exception as problem:
        if isinstance(problem.__cause__, FileNotFoundError):
            raise ManifestMissing(path=str(place)) from problem
        raise
    if len(content) > LARGEST:
        raise ManifestUnreadable(N_("it is far too long"), path=str(place))
    manifest = parse_manifest(content, place)
    if manifest.file != place.name.removesuffix(SUFFIX):
        raise ManifestForeign(path=str(place), named=manifest.file)
    return manifest


def _digest(document: dict[str, Any]) -> str:
    others = {name: value for name, value in document.items() if name != "digest"}
    canonical = json.dumps(others, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()
