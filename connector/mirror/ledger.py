"""What is decided and done about writing: identity links, open questions, plans, the journal of writes, accepted files."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connector.mirror.books import Books, as_json, moment
from connector.planned import Candidate, Link, Question
from connector.records import RunId

# Who decided where no person did.
AUTOMATIC = "automatic"
# Evidence of a link between a name and the object that a plan created for it.
CREATED = "created"


class Ledger(Books):
    """The tables of ours that planning and applying live on."""

    # --- identity

    def links(self) -> dict[tuple[str, str], Link]:
        """All decided identities by (resource, local key)."""
        rows = self.query(
            "SELECT resource, local_key, vendor_id, evidence, score, decided_by, study_year FROM links"
        )
        return {(row[0], row[1]): Link(*row) for row in rows}

    def refused_links(self, study_year: int | None = None) -> set[tuple[str, str, int]]:
        """Pairs that somebody said are not the same; with a year, keys made of a class only of that year.

        Next September's `class:…:5А` is another child.
        """
        rows = self.query(
            "SELECT resource, local_key, vendor_id FROM refused_links"
            " WHERE ? IS NULL OR study_year IS NULL OR study_year = ? OR local_key NOT LIKE 'class:%'",
            (study_year, study_year),
        )
        return {(resource, key, vendor_id) for resource, key, vendor_id in rows}

    def link(self, links: Iterable[Link], at: datetime, run: RunId | None = None) -> None:
        """Keep identities; one that was known gets its new value. Answers their questions.

        A refusal is lifted by a person who says otherwise, by nothing automatic.
        """
        listed = list(links)
        rows = [
            (
                k.resource,
                k.local_key,
                k.vendor_id,
                k.evidence,
                k.score,
                k.decided_by,
                moment(at),
                k.study_year,
                run,
            )
            for k in listed
        ]
        self._connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET vendor_id = excluded.vendor_id,"
            " evidence = excluded.evidence, score = excluded.score, decided_by = excluded.decided_by,"
            " decided_at = excluded.decided_at, study_year = excluded.study_year, run_id = excluded.run_id"
            " WHERE vendor_id IS NOT excluded.vendor_id OR evidence <> excluded.evidence OR study_year IS NOT excluded.study_year",
            rows,
        )
        self._connection.executemany(
            "DELETE FROM questions WHERE resource = ? AND local_key = ?", [row[:2] for row in rows]
        )
        self._connection.executemany(
            "DELETE FROM refused_links WHERE resource = ? AND local_key = ? AND vendor_id = ?",
            [(k.resource, k.local_key, k.vendor_id) for k in listed if k.decided_by != AUTOMATIC],
        )

    def unlink(self, resource: str, local_key: str) -> bool:
        """Forget an identity; False where there was none."""
        cursor = self._connection.execute(
            "DELETE FROM links WHERE resource = ? AND local_key = ?", (resource, local_key)
        )
        return cursor.rowcount > 0

    def forget_created(self, resource: str, vendor_id: int) -> None:
        """Forget which name an object was created for; a link that a person decided stays."""
        self._connection.execute(
            "DELETE FROM links WHERE resource = ? AND vendor_id = ? AND evidence = ?",
            (resource, vendor_id, CREATED),
        )

    def refuse(
        self,
        resource: str,
        local_key: str,
        vendor_ids: Iterable[int],
        by: str,
        at: datetime,
        study_year: int | None = None,
    ) -> None:
        """Note that these are not the same; a link between them is forgotten."""
        for vendor_id in vendor_ids:
            self._connection.execute(
                "INSERT OR IGNORE INTO refused_links VALUES (?, ?, ?, ?, ?, ?)",
                (resource, local_key, vendor_id, by, moment(at), study_year),
            )
            self._connection.execute(
                "DELETE FROM links WHERE resource = ? AND local_key = ? AND vendor_id = ?",
                (resource, local_key, vendor_id),
            )

    # --- questions

    def ask(self, resources: Iterable[str], questions: Iterable[Question], at: datetime) -> None:
        """Replace the open questions about these resources."""
        for resource in resources:
            self._connection.execute("DELETE FROM questions WHERE resource = ?", (resource,))
        self._connection.executemany(
            "INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    q.resource,
                    q.local_key,
                    q.label,
                    q.reason,
                    int(q.unique),
                    as_json(
                        [
                            {
                                "vendor_id": str(c.vendor_id),
                                "label": c.label,
                                "score": c.score,
                                "evidence": c.evidence,
                            }
                            for c in q.candidates
                        ]
                    ),
                    q.study_year,
                    moment(at),
                )
                for q in questions
            ],
        )

    def close_question(self, resource: str, local_key: str) -> None:
        """Take a question off the list."""
        self._connection.execute(
            "DELETE FROM questions WHERE resource = ? AND local_key = ?", (resource, local_key)
        )

    def questions(self) -> list[Question]:
        """Open questions, by resource and label."""
        rows = self.query(
            "SELECT resource, local_key, label, reason, candidates, is_unique, study_year FROM questions ORDER BY resource, label, local_key"
        )
        return [
            Question(
                resource,
                key,
                label,
                reason,
                tuple(
                    Candidate(int(c["vendor_id"]), c["label"], c["score"], c["evidence"])
                    for c in json.loads(candidates)
                ),
                bool(unique),
                year,
            )
            for resource, key, label, reason, candidates, unique, year in rows
        ]

    # --- plans and their journal

    def keep_plan(self, digest: str, document: Mapping[str, Any], at: datetime) -> None:
        """Keep a plan before its first write."""
        self._connection.execute(
            "INSERT OR IGNORE INTO plans VALUES (?, ?, ?)",
            (digest, as_json(dict(document)), moment(at)),
        )

    def plan_of_run(self, run: int) -> dict[str, Any] | None:
        """The plan that a run applied, even where it found all of it done; or None."""
        rows = self.query(
            "SELECT p.document FROM runs r JOIN plans p ON p.digest = json_extract(r.scope, '$.digest')"
            " WHERE r.id = ? AND r.command = 'apply'",
            (run,),
        )
        return json.loads(rows[0][0]) if rows else None

    def write_down(
        self,
        run: RunId,
        digest: str,
        number: int,
        state: str,
        at: datetime,
        *,
        vendor_id: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Add a line to the journal; on disk when the transaction around it ends."""
        self._connection.execute(
            "INSERT INTO outcomes (run_id, digest, number, state, vendor_id, at, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run, digest, number, state, vendor_id, moment(at), detail),
        )

    def journal(self, digest: str) -> dict[int, tuple[str, int | None, str | None]]:
        """Last (state, new id, detail) of each operation of a plan, over all runs."""
        rows = self.query(
            "SELECT number, state, vendor_id, detail FROM outcomes WHERE digest = ? ORDER BY id",
            (digest,),
        )
        found: dict[int, tuple[str, int | None, str | None]] = {}
        for number, state, vendor_id, detail in rows:
            known = found.get(number)
            found[number] = state, vendor_id or (known[1] if known else None), detail
        return found

    def write_through(self) -> None:
        """From here on a commit waits for the disk: the journal must survive a power cut."""
        self._connection.execute("PRAGMA synchronous = FULL")

    # --- the school's files

    def accepted_source(self, kind: str) -> dict[str, Any] | None:
        """Fingerprint of the last accepted files of this kind."""
        rows = self.query("SELECT fingerprint FROM accepted_sources WHERE kind = ?", (kind,))
        return json.loads(rows[0][0]) if rows else None

    def accept_source(
        self, kind: str, fingerprint: Mapping[str, Any], at: datetime, run: RunId | None = None
    ) -> None:
        """Remember the files a plan was made from."""
        self._connection.execute(
            "INSERT INTO accepted_sources VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint,"
            " accepted_at = excluded.accepted_at, run_id = excluded.run_id",
            (kind, as_json(dict(fingerprint)), moment(at), run),
        )
