"""Articles on their way to the writer: each gets its language, and nobody waits while the model for that is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

from searchkit.article import Article
from searchkit.languagemodel import is_kept, load_and_keep_model
from searchkit.languages import at_sight, by_model, with_language

_MOST_WAITING_CHARS = 8_000_000


class Detection:
    """Hands articles on to `take` with their languages (`languages.with_language`).

    Where many texts are expected, some of them need the model, which is then loaded beside other work; articles that
    need it wait for that and others overtake them. Two of one id keep their order. Of a model that was kept in the folder
    `cache` little is to be loaded: then that is left to the first article that needs it.
    """

    def __init__(self, take: Callable[[Article], None], expects_many: bool, cache: Path | None = None) -> None:
        self._take = take
        self._cache = cache
        self._waiting: dict[str, Article] = {}
        self._waiting_chars = 0
        self._loading: Thread | None = None
        if expects_many and not is_kept(cache):
            self._loading = Thread(target=load_and_keep_model, args=(cache,), daemon=True)
            self._loading.start()

    def add(self, article: Article) -> None:
        """The next article. Whatever `take` raises, for this one or one that has waited, passes through."""
        if article.id in self._waiting:
            self.finish()
        if self._loading is None:
            self._take(with_language(article, self._cache))
            return
        told = at_sight(article)
        if told is not None:
            self._take(told)
        else:
            self._waiting[article.id] = article
            self._waiting_chars += len(article.body)
        if not self._loading.is_alive() or self._waiting_chars > _MOST_WAITING_CHARS:
            self.finish()

    def finish(self) -> None:
        """Hand on what waits."""
        if self._loading and self._waiting:
            self._loading.join()
        self._loading = None
        while self._waiting:
            self._take(by_model(self._waiting.pop(next(iter(self._waiting))), self._cache))
