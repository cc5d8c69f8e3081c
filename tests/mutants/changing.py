"""Makes a change in this process: its functions get other code, or its database loses a guard."""

import functools
import gc
from collections import defaultdict
from types import CodeType, FunctionType

from .mutations import Mutation, compiled
from .reach import ROOT, SOURCES


class NotApplicableError(Exception):
    """The changed code does not fit the existing functions, for instance because a closure lacks a variable."""


class Functions:
    """All functions of the portal that exist in this process, and its caches, which contain results of the old code."""

    def __init__(self):
        self._by_file: dict[str, list[FunctionType]] = defaultdict(list)
        self._caches = []
        # The tests freeze the objects that exist at the beginning, and the garbage collector does not list frozen
        # objects.
        gc.unfreeze()
        for each in gc.get_objects():
            # The real type, because Django's lazy objects report the type of their value, and would be evaluated.
            if type(each) is FunctionType:
                self._by_file[each.__code__.co_filename].append(each)
            elif type(each) is functools._lru_cache_wrapper and _is_ours(each):
                self._caches.append(each)
        gc.freeze()

    def change(self, mutation: Mutation) -> None:
        """Change the code of the functions.

        Raises: NotApplicableError.
        """
        source = (ROOT / mutation.path).read_text()
        old = _codes(compile(source, mutation.path, "exec", dont_inherit=True))
        new = _codes(compiled(source, mutation))
        changed = False
        for function in self._by_file[str(ROOT / mutation.path)]:
            key = _key(function.__code__)
            if len(old[key]) != len(new[key]) or function.__code__ not in old[key]:
                continue
            code = new[key][old[key].index(function.__code__)]
            if code != function.__code__:
                _replace(function, code)
                changed = True
        if not changed:
            raise NotApplicableError("no function takes it")
        for cache in self._caches:
            cache.cache_clear()


def _replace(function, code):
    try:
        function.__code__ = code
    except ValueError as error:
        raise NotApplicableError(str(error)) from error


def _is_ours(cached):
    return getattr(cached, "__module__", "").split(".")[0] in SOURCES


def _codes(code: CodeType):
    """All nested code objects by function; several lambdas on a line share a key, in order."""
    found: dict[tuple, list[CodeType]] = defaultdict(list)

    def collect(each):
        found[_key(each)].append(each)
        for constant in each.co_consts:
            if isinstance(constant, CodeType):
                collect(constant)

    collect(code)
    return found


def _key(code):
    return code.co_qualname, code.co_firstlineno
