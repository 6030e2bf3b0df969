"""The library's tables, as migrations that are applied in order, each in a transaction, and recorded.

A migration that was released is never changed; a new one is a new module, imported here after the others: the order of
these imports is the order in which they are applied.
"""

from kb.migrations import (
    m001_library,  # noqa: F401 - registers itself
    m002_ended_sessions,  # noqa: F401
    m002_gem_life,  # noqa: F401
    m003_tag_upkeep,  # noqa: F401
    m004_digest,  # noqa: F401
    m007_tag_lists,  # noqa: F401
    m008_trails,  # noqa: F401
    m009_questions,  # noqa: F401
    m010_mine,  # noqa: F401
    m010_put_aside,  # noqa: F401
    m013_gems4,  # noqa: F401
    m015_people,  # noqa: F401
    m016_past_searches,  # noqa: F401
    m017_changes_that_wait,  # noqa: F401
    m018_merged_gems,  # noqa: F401
    m019_set_aside_once,  # noqa: F401
    m020_why_set_aside,  # noqa: F401
    m021_notices_about,  # noqa: F401
    m022_forgotten_members,  # noqa: F401
)
from kb.migrations.registry import migrations

__all__ = ["migrations"]
