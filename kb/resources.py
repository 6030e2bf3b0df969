"""Where the pages, styles and samples are: in the checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `templates`, `static` or `examples`.

    An installed kb carries them under kb/_data (see the wheel's force-include in pyproject.toml); a checkout has
    them beside the package.
    """
    return _PACKAGE / "_data" / name if is_installed(name) else _PACKAGE.parent / name


def is_installed(name: str) -> bool:
    """Whether such a folder is that of an installed package, which stays as it was installed."""
    return (_PACKAGE / "_data" / name).is_dir()
