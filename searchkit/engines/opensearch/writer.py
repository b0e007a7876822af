"""A writer: versions of articles sent as they come, which nobody sees until the state says that it has committed.

Nothing that was committed is changed meanwhile, but for a note on each article replaced or deleted that it dies by this
writer, which counts for nothing before the commit. So a run that is killed, or loses the cluster, leaves the index as it
was, and documents that are never seen; running it again is harmless.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

from searchkit.analysis import stemmer
from searchkit.article import Article
from searchkit.engine import IndexingOptions, SourceState
from searchkit.engines.opensearch.bulk import BulkSender, delete_operation, index_operation
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.documents import article_of, document_id, key, to_document
from searchkit.engines.opensearch.layout import Layout
from searchkit.engines.opensearch.reading import Reader
from searchkit.engines.opensearch.remembering import remembering
from searchkit.engines.opensearch.senttext import SentTexts
from searchkit.engines.opensearch.state import LEASE_S, LostError, State, View, committed
from searchkit.engines.opensearch.statestore import PATIENCE_S, StateStore, stemmed_languages
from searchkit.engines.opensearch.sweeping import show_to_others, sweep
from searchkit.engines.opensearch.wordlists import LIST_LENGTH, WordLists, list_operation
from searchkit.engines.shared import Deadline
from searchkit.errors import EngineError

_KNOWN_WORDS = 400_000
"""Words that a writer keeps in mind as being in the dictionary; more are forgotten, and sent again."""

_RECENT = 50_000
_LOOKED_UP_AT_ONCE = 500
_PATIENCE_AT_THE_END_S = 5.0
_VERSIONS_OF_A_WRITER = 1 << 32


class Writer:
    """One writer of an index in a cluster; made by `writing`."""

    def __init__(
        self,
        connection: Connection,
        layout: Layout,
        state: State,
        number: int,
        languages: Sequence[str],
        sender: BulkSender,
    ) -> None:
        self._connection = connection
        self._layout = layout
        self._number = number
        self._build = state.writers[number].build
        self._stemmers = [(language, stemmer(language)) for language in languages]
        self._sender = sender
        base = state.view if self._build == state.view.build and state.generation else View(self._build)
        self._is_first = base == View(self._build)
        self._base = Reader(connection, layout.articles(self._build), base)
        self._version = number * _VERSIONS_OF_A_WRITER
        self._texts = SentTexts()
        self._words: set[str] = set()
        self._new_words: list[str] = []  # met, and not sent yet
        self._unsettled: set[str] = set()  # ids added whose earlier versions have not been looked for yet
        self._recent: set[str] = set()  # ids whose operations may be on their way
        self._deleted: set[str] = set()
        self.articles = 0
        self.open = True
        self.committed_state: State | None = None
        self.notes: list[str] = []

    def add(self, article: Article) -> None:
        self._check_open()
        document = to_document(article, self._texts, self._number)
        self._learn(self._texts.take_words())
        id_ = document_id(article.id, self._number)
        self._put_article(id_, document, article)
        self._recent.add(article.id)
        self.articles += 1
        if not self._is_first:
            self._unsettled.add(article.id)
            if len(self._unsettled) >= _LOOKED_UP_AT_ONCE:
                self._settle()
        if len(self._recent) > _RECENT:
            self._drain()

    def delete(self, article_id: str) -> bool:
        self._check_open()
        self._settle()
        if article_id in self._recent:
            self._drain()
        had_new = self._remove_own(article_id)
        had_old = article_id not in self._deleted and self._end([article_id])
        self._deleted.add(article_id)
        return had_new or had_old

    def remember(self, file: str, state: SourceState) -> None:
        self._check_open()
        self._sender.put(remembering(self._layout, self._build, self._number, file, state, self._next_version()))

    def forget(self, file: str) -> None:
        self._check_open()
        self._sender.put(remembering(self._layout, self._build, self._number, file, None, self._next_version()))

    def finish(self) -> None:
        """Wait until all is acknowledged and can be found. Raises `EngineError` with what was refused."""
        self._settle()
        self._put_words()
        self._drain()
        indices = (self._layout.articles(self._build), self._layout.words(self._build), self._layout.state)
        end = time.monotonic() + PATIENCE_S
        while True:
            answer = self._connection.request(
                "POST", f"/{','.join(indices)}/_refresh", timeout_s=600.0, patience_s=PATIENCE_S
            )
            failed = answer["_shards"]["failed"]
            if not failed:
                return
            if time.monotonic() >= end:
                raise EngineError(
                    f"{failed} shards of {self._layout.name} could not show what was written; look at "
                    f"{self._connection.shown_hosts}/_cluster/health and index again"
                )
            # A copy on a node that has just gone; the cluster finds out, and does without it.
            self._connection.note_retry("a shard was leaving its node")
            time.sleep(1.0)

    def _put_article(self, id_: str, document: dict[str, Any], article: Article) -> None:
        index, version = self._layout.articles(self._build), self._next_version()
        self._sender.put(
            index_operation(index, id_, document, article.source, version=version, routing=key(article.id))
        )

    def _learn(self, words: set[str]) -> None:
        """Put words into the dictionary which this writer has not met yet."""
        new = words - self._words
        if not new:
            return
        if len(self._words) > _KNOWN_WORDS:
            self._words.clear()
        self._words |= new
        self._new_words += new
        if len(self._new_words) >= LIST_LENGTH:
            self._put_words()

    def _put_words(self) -> None:
        """Send the words that have been met, but for those which the dictionary had before."""
        new, self._new_words = self._new_words, []
        if not self._is_first:
            known = WordLists(self._connection, self._layout.words(self._build)).known(new, Deadline(PATIENCE_S))
            new = [word for word in new if word not in known]
        for start in range(0, len(new), LIST_LENGTH):
            version = self._next_version()
            self._sender.put(
                list_operation(
                    self._layout.words(self._build),
                    document_id("words", version),
                    new[start : start + LIST_LENGTH],
                    self._stemmers,
                    version,
                )
            )

    def _settle(self) -> None:
        """End the committed versions of the articles added."""
        if self._unsettled:
            self._end(list(self._unsettled))
            self._unsettled.clear()

    def _end(self, article_ids: list[str]) -> bool:
        """Note on the committed versions of articles that they die by this writer; whether there were any."""
        if self._is_first:
            return False
        wanted = {"terms": {"id": [key(id_) for id_ in article_ids]}}
        found = self._base.few_sources(wanted, len(article_ids), ["article", "born"])
        for source in found:
            article = article_of(source)
            document = to_document(article, self._texts, source["born"], dies=self._number)
            self._put_article(document_id(article.id, source["born"]), document, article)
        return bool(found)

    def _remove_own(self, article_id: str) -> bool:
        """Take back what this writer added under an id; whether it had."""
        id_, routing = document_id(article_id, self._number), key(article_id)
        index = self._layout.articles(self._build)
        if not self._is_there(index, id_, routing):
            return False
        self._sender.put(delete_operation(index, id_, article_id, version=self._next_version(), routing=routing))
        self._recent.add(article_id)
        return True

    def _is_there(self, index: str, id_: str, routing: str) -> bool:
        found = self._connection.request(
            "GET",
            f"/{index}/_doc/{quote(id_, safe='')}",
            params={"routing": routing, "_source": "false"},
            accept=(404,),
        )
        return bool(found.get("found"))

    def _drain(self) -> None:
        self._sender.drain()
        self._recent.clear()

    def _next_version(self) -> int:
        self._version += 1
        return self._version

    def _check_open(self) -> None:
        if not self.open:
            raise EngineError("this writer is closed; open another with engine.writer()")


@contextmanager
def writing(
    connection: Connection, layout: Layout, store: StateStore, state: State, number: int, options: IndexingOptions
) -> Iterator[Writer]:
    """A writer that has begun, for the length of a block; commits at its end, or gives up at an exception."""
    is_new = state.writers[number].build == number
    languages = stemmed_languages(options.languages) if is_new else state.languages
    connection.retries.clear()
    with _keeping(store, number) as is_lost:
        try:
            if is_new or not state.generation:
                store.create_build(state.writers[number].build)
            sender = BulkSender(connection)
            try:
                writer = Writer(connection, layout, state, number, languages, sender)
                try:
                    yield writer
                finally:
                    writer.open = False
                writer.finish()
            finally:
                sender.stop()
            if is_lost.is_set():
                raise LostError
            writer.committed_state = store.change(
                lambda now: committed(now, number, time.time(), languages=languages if is_new else None)
            )
        except LostError as exc:
            raise EngineError(
                f"this writer of {layout.name} gave no sign for {LEASE_S:g} s, so its place was taken; nothing of it was "
                "committed: index again"
            ) from exc
        except BaseException:
            with suppress(EngineError):  # otherwise its lease runs out
                store.give_up(number)
                sweep(connection, layout, store)
            raise
    writer.notes += _told(connection, layout, sender, writer.committed_state)
    try:
        show_to_others(connection, layout, writer.committed_state)
        sweep(connection, layout, store)
    except EngineError as exc:
        writer.notes.append(f"all is committed, but tidying up afterwards failed: {exc}")


@contextmanager
def _keeping(store: StateStore, number: int) -> Iterator[Event]:
    """Tell, every now and then, that a writer is at work; the event is set once its place was taken."""
    done, is_lost = Event(), Event()

    def renew() -> None:
        while not done.wait(LEASE_S / 4):
            try:
                store.renew(number)
            except LostError:
                is_lost.set()
                return
            except EngineError:
                continue  # the cluster may come back before the lease ends

    thread = Thread(target=renew, name="searchkit-lease", daemon=True)
    thread.start()
    try:
        yield is_lost
    finally:
        done.set()
        thread.join(_PATIENCE_AT_THE_END_S)


def _told(connection: Connection, layout: Layout, sender: BulkSender, state: State) -> Iterator[str]:
    """What the user should know of a commit."""
    if connection.retries:
        causes = ", ".join(f"{cause} ({count})" for cause, count in connection.retries.most_common())
        yield (
            f"{sum(connection.retries.values()):,} requests had to be sent again, {sender.resent:,} operations by "
            f"themselves, and all were acknowledged in the end: {causes}"
        )
    index = layout.articles(state.view.build)
    with suppress(EngineError):
        answer = connection.request("GET", f"/{index}/_settings", params={"flat_settings": "true"})
        if answer[index]["settings"].get("index.translog.durability", "request") != "request":
            yield (
                f"warning: index.translog.durability of {index} is async: what was just committed may be lost when nodes "
                "fail within seconds; set it to request"
            )
