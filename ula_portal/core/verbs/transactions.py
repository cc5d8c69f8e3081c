"""One transaction per verb: opened by the outermost verb, required by the parts that verbs share."""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from django.db import transaction

Given = ParamSpec("Given")
Result = TypeVar("Result")

_inside: ContextVar[bool] = ContextVar("inside a verb", default=False)


def verb(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Mark a verb: it runs in one transaction, which is rolled back when it raises.

    A verb called by a verb joins the transaction of the outer one, without a savepoint. An outer verb that goes on
    after an inner one was refused has to wrap that call in ``transaction.atomic()`` itself.
    """

    @functools.wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if _inside.get():
            return function(*args, **kwargs)
        with transaction.atomic():
            # Reset before the commit, so that a verb called on commit opens its own transaction.
            token = _inside.set(True)
            try:
                return function(*args, **kwargs)
            finally:
                _inside.reset(token)

    return run


def part(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Mark a part of verbs: it writes only within the transaction of the verb that calls it.

    Raises: TransactionManagementError when no transaction is open.
    """

    @functools.wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError(f"{function.__qualname__} is a part of a verb")
        return function(*args, **kwargs)

    return run
