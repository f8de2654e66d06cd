"""An archive's bytes: zstd, then age when there is a key. Opens with the plain `age` and `zstd` tools.

Everything streams, except that a passphrase (not a recipient) holds the packed file in memory: the library offers no
stream for it.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage  # type: ignore[import-untyped]  # it ships no types
import zstandard

from connector.errors import BackupCut, BackupDamaged, KeyMissing, KeyUnusable, KeyWrong
from connector.i18n import N_
from connector.mirror.manifest import Manifest

LEVEL = 3
CHUNK = 1_048_576
# What level 3 never needs; a forged frame could ask for gigabytes.
WINDOW = 2**27


@dataclass(frozen=True, slots=True)
class Keys:
    """Who may open a backup.

    Attributes:
        recipients: public keys (`age1…`, `ssh-…`) that new backups are encrypted to.
        passphrase: used when there are no recipients; opens archives that were made with it.
        identities: private keys that open archives, as their files hold them.

    """

    recipients: tuple[str, ...] = ()
    passphrase: str | None = None
    identities: tuple[str, ...] = ()

    @property
    def lock(self) -> bool:
        """Whether new backups are encrypted."""
        return bool(self.recipients or self.passphrase)


@dataclass(frozen=True, slots=True)
class Packed:
    """Size and sha256 of an archive and of what is in it."""

    bytes: int
    sha256: str
    unpacked_bytes: int
    unpacked_sha256: str


class _Hashing:
    """A file that remembers the hash of what went through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        return self._seen(self._file.read(size))

    def write(self, data: bytes) -> int:
        return self._file.write(self._seen(bytes(data)))

    def flush(self) -> None:
        self._file.flush()

    def _seen(self, data: bytes) -> bytes:
        self.hash.update(data)
        self.bytes += len(data)
        return data


def encrypt(source: Path, target: Path, keys: Keys) -> None:
    """Encrypt the file `source` into the new file `target` (0600); `keys.lock` must hold."""
    recipients = [_recipient(text) for text in keys.recipients]
    with source.open("rb") as plain, create(target) as file:
        if recipients:
            pyrage.encrypt_io(plain, file, recipients)
        else:
            file.write(pyrage.passphrase.encrypt(plain.read(), keys.passphrase))


def pack(source: Path, target: Path, keys: Keys) -> Packed:
    """Pack the file `source` into the new file `target` (0600).

    Raises:
        KeyUnusable: a recipient is no public key.
        OSError: the disk refuses; `target` may be half-written.

    """
    recipients = [_recipient(text) for text in keys.recipients]
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    with source.open("rb") as plain, create(target) as file:
        unpacked, packed = _Hashing(plain), _Hashing(file)
        stream = compressor.stream_reader(unpacked, size=source.stat().st_size)  # type: ignore[arg-type]  # it only reads
        if recipients:
            pyrage.encrypt_io(stream, packed, recipients)
        elif keys.passphrase:
            packed.write(pyrage.passphrase.encrypt(stream.read(), keys.passphrase))
        else:
            while piece := stream.read(CHUNK):
                packed.write(piece)
    return Packed(packed.bytes, packed.hash.hexdigest(), unpacked.bytes, unpacked.hash.hexdigest())


def check_archive(archive: Path, manifest: Manifest) -> None:
    """Compare an archive's bytes with its manifest.

    Raises:
        BackupCut: it has another length.
        BackupDamaged: it has other bytes.
        OSError: it cannot be read.

    """
    size = archive.stat().st_size
    if size != manifest.bytes:
        raise BackupCut(path=str(archive), found=size, expected=manifest.bytes)
    if file_hash(archive) != manifest.sha256:
        raise BackupDamaged(N_("its bytes are not those that were written"), path=str(archive))


def unpack(archive: Path, manifest: Manifest, target: Path, keys: Keys) -> None:
    """Unpack an archive that passed `check_archive` into the new file `target` (0600).

    Raises:
        KeyMissing: it is encrypted and no key was given.
        KeyWrong: none of the keys opens it.
        BackupDamaged: what is in it is not what was packed.
        OSError: the disk refuses; `target` may be half-written.

    """
    compressed = target.with_name(target.name + ".zst")
    try:
        if manifest.encrypted:
            _decrypt(archive, compressed, keys)
        _decompress(compressed if manifest.encrypted else archive, manifest, target, archive)
    finally:
        compressed.unlink(missing_ok=True)


def _decrypt(archive: Path, target: Path, keys: Keys) -> None:
    if not (keys.identities or keys.passphrase):
        raise KeyMissing(path=str(archive))
    identities = [_identity(line) for text in keys.identities for line in _key_lines(text)]
    with archive.open("rb") as source, create(target) as file:
        try:
            if identities:
                pyrage.decrypt_io(source, file, identities)
            else:
                file.write(pyrage.passphrase.decrypt(source.read(), keys.passphrase))
        except pyrage.DecryptError as problem:
            raise KeyWrong(path=str(archive)) from problem


def _decompress(source: Path, manifest: Manifest, target: Path, archive: Path) -> None:
    wrong = BackupDamaged(N_("what is in it is not what was packed"), path=str(archive))
    with source.open("rb") as packed, create(target) as file:
        out = _Hashing(file)
        stream = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(packed)
        try:
            while piece := stream.read(CHUNK):
                if out.bytes + len(piece) > manifest.unpacked_bytes:
                    raise wrong
                out.write(piece)
        except zstandard.ZstdError as problem:
            raise wrong from problem
    if out.hash.hexdigest() != manifest.unpacked_sha256:
        raise wrong


def file_hash(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def create(path: Path) -> Iterator[BinaryIO]:
    """A new file, readable by its owner only; an older one of the name is an error."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file


def settle(file: BinaryIO) -> None:
    """See a file's bytes onto the disk: a medium may be pulled out the next moment."""
    file.flush()
    os.fsync(file.fileno())


def _recipient(text: str) -> object:
    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text.strip())
    except pyrage.RecipientError as problem:
        raise KeyUnusable(N_("a recipient is no public key of age or SSH")) from problem


def _key_lines(text: str) -> list[str]:
    # An SSH key is one block; age's own file has comments, and may hold several keys.
    if "-----BEGIN" in text:
        return [text]
    return [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]


def _identity(text: str) -> object:
    try:
        if text.startswith("-----BEGIN"):
            return pyrage.ssh.Identity.from_buffer(text.encode())
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError as problem:
        raise KeyUnusable(N_("the identity file holds no private key of age or SSH")) from problem
