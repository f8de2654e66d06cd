"""Archives that nobody wrote, with manifests that fit their bytes: the reader refuses them, and nothing falls over."""

import hashlib
import random
import shutil
from dataclasses import replace

import pyrage
import pytest

from connector.errors import BackupUnusable
from connector.mirror.manifest import manifest_bytes, manifest_path, read_manifest
from connector.mirror.packing import Keys, pack
from tests.flows.backing import backed_up, checked, leftovers, make_mirror

KEY = pyrage.x25519.Identity.generate()
OPEN = Keys(recipients=(str(KEY.to_public()),), identities=(str(KEY),))
KINDS = {"plain": Keys(), "encrypted": OPEN}
FEW_AND_MANY = [
    pytest.param(range(200), id="few"),
    pytest.param(range(200, 4000), id="many", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive of each kind, and the database that is in it."""
    folder = tmp_path_factory.mktemp("made")
    mirror = make_mirror(folder / "school.db")
    archives = {kind: backed_up(mirror, folder / kind, keys=keys) for kind, keys in KINDS.items()}
    return mirror, archives


def spoilt(content, dice):
    """The bytes with something done to them: bits flipped, a stretch overwritten, cut out, doubled or put in."""
    changed = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        place, length = dice.randrange(len(changed)), dice.choice([1, 1, 4, 64, 3000])
        stretch = slice(place, place + length)
        match dice.randrange(5):
            case 0:
                changed[place] ^= 1 << dice.randrange(8)
            case 1:
                changed[stretch] = dice.randbytes(len(changed[stretch]))
            case 2:
                del changed[stretch]
            case 3:
                changed[place:place] = changed[stretch]
            case 4:
                changed[stretch] = bytes(len(changed[stretch]))
        if not changed:
            changed = bytearray(b"\0")
    return bytes(changed)


def with_fitting_manifest(archive, content, **more):
    """Put the bytes in the archive's place and have its manifest tell their length and hash."""
    place = manifest_path(archive)
    told = replace(
        read_manifest(place), bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), **more
    )
    archive.write_bytes(content)
    place.write_bytes(manifest_bytes(told))


@pytest.mark.parametrize("seeds", FEW_AND_MANY)
@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_of_other_bytes_is_refused_or_holds_the_same(made, tmp_path, kind, seeds):
    mirror, archives = made
    archive = copied(archives[kind], tmp_path)
    whole = archive.read_bytes()
    for seed in seeds:
        with_fitting_manifest(archive, spoilt(whole, random.Random(seed)))
        verdict = checked(archive, mirror, keys=KINDS[kind])
        assert verdict.ok or isinstance(verdict.problem, BackupUnusable), seed
    assert leftovers(mirror.parent) == []


@pytest.mark.parametrize("seeds", FEW_AND_MANY)
def test_a_database_of_other_bytes_is_refused_or_holds_the_same(made, tmp_path, seeds):
    """As if the disk had spoilt the copy before it was packed, and nobody had looked."""
    from connector.mirror.backup import open_backup

    mirror, archives = made
    archive = copied(archives["plain"], tmp_path / "shelf")
    (tmp_path / "was").mkdir()
    database = open_backup(archive, tmp_path / "was", Keys())
    whole = database.read_bytes()
    for seed in seeds:
        database.write_bytes(spoilt(whole, random.Random(seed)))
        packed = tmp_path / f"packed-{seed}"
        facts = pack(database, packed, Keys())
        with_fitting_manifest(
            archive,
            packed.read_bytes(),
            unpacked_bytes=facts.unpacked_bytes,
            unpacked_sha256=facts.unpacked_sha256,
        )
        verdict = checked(archive, mirror)
        assert verdict.ok or isinstance(verdict.problem, BackupUnusable), seed
        packed.unlink()
    assert leftovers(mirror.parent) == []


def copied(archive, folder):
    folder.mkdir(exist_ok=True)
    for path in (archive, manifest_path(archive)):
        shutil.copy(path, folder)
    return folder / archive.name
