"""Where the authors of a page are looked for: the page, its title's heading, what is the article's own, its site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from searchkit.formats._givennames import has_given_name
from searchkit.formats._page.naming import are_persons, may_be_login, written_names
from searchkit.formats._page.shown import around, called, is_own, lines_at, lines_of, title_heading
from searchkit.formats._people import is_name

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_SOFT_HYPHEN = "\xad"
"""Where a word may be parted at the end of a line, which no reader sees inside of one."""
_LONGEST_LINE = 120
_LONGEST_ALONE = 4
"""Words of a name that stands alone."""


@dataclass(frozen=True)
class Place:
    """A page, the heading that shows its title, the elements around that, and what its site is called."""

    tree: HtmlElement
    heading: HtmlElement | None
    article: frozenset[HtmlElement]
    site: frozenset[str]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines at the title."""
        return tuple(line.replace(_SOFT_HYPHEN, "") for line in lines_at(self.heading, self.article))

    @cached_property
    def _called(self) -> list[tuple[str, HtmlElement]]:
        return called(self.tree)

    def named_lines(self, names: re.Pattern[str]) -> Iterator[str]:
        """The short lines of the article's elements whose class or id has one of `names` in it."""
        return (line.replace(_SOFT_HYPHEN, "") for _, line in lines_of(self._called, names, self.article))

    def owns(self, element: HtmlElement) -> bool:
        """Whether an element belongs to the article itself."""
        return is_own(element, self.article)

    def persons(self, text: str) -> tuple[str, ...]:
        """The names in a short statement, if the first has the form of a person's."""
        names = written_names([text]) if len(text) <= _LONGEST_LINE else ()
        return names if are_persons(names, self.site) else ()

    def one_person(self, text: str) -> tuple[str, ...]:
        """The one name of several words, if that is all a statement names."""
        names = self.persons(text)
        return names if len(names) == 1 and " " in names[0] else ()

    def lone_person(self, text: str) -> tuple[str, ...]:
        """The person whose name is all of a text, told by the given name: nothing else says that it is one."""
        is_alone = 2 <= len(text.split()) <= _LONGEST_ALONE and is_name(text) and has_given_name(text)
        return self.persons(text) if is_alone else ()

    def is_login(self, name: str) -> bool:
        """Whether it has the form of a name by which somebody is known to the site."""
        return may_be_login(name, self.site)


def place_of(tree: HtmlElement, title: str, site: frozenset[str]) -> Place:
    """The place for a page with such a title on a site of such names."""
    heading = title_heading(tree, title)
    return Place(tree, heading, around(heading), site)
