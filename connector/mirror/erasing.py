"""One person taken out of the history of changes: the chain holds as before, and what was said of them is gone."""

from connector.mirror import chain, file
from connector.mirror.books import Books


class Erasing(Books):
    """Erases for good what the history says of a person."""

    def erase_person(self, person_id: int) -> int:
        """Take one person's payloads out of the history, and their bytes out of the file.

        The person's own rows stay and are the caller's to remove, afterwards: they tell which marks and tasks were theirs.
        Run, moment, table and operation of each change stay, so that what happened can still be counted. Backups made
        before keep what they hold.

        Args:
            person_id: the vendor's id.

        Returns:
            How many changes lost their payload; 0 when they had lost it before.

        Raises:
            MirrorUnusable: the disk refuses; nothing was erased.

        """
        with file.translated(self.path):
            # Else the old bytes would lie in free pages until something else needs the room.
            self._connection.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            return chain.erase(self._connection, person_id)
