"""Makes an undefined variable in the portal's own templates an error during tests.

Django renders nothing for it, so that a link can lose its address unnoticed. Exceptions are ``if``, which may ask
whether a variable exists, ``firstof`` and ``ifchanged``, and the filters ``default`` and ``default_if_none`` if they
come first. Templates of Django, allauth and crispy-forms rely on Django's behaviour.
"""

import functools
from types import SimpleNamespace

from django.conf import settings
from django.template import base, defaultfilters, defaulttags
from django.templatetags import i18n

FORGIVING = (defaultfilters.default, defaultfilters.default_if_none)


class NoSuchVariable(Exception):
    """A template of the portal uses a variable that is not in its context."""


class StrictExpression(base.FilterExpression):
    """An expression in one of the portal's templates. ``never_silent``: an error even if the tag accepts nothing."""

    def __init__(self, token, parser):
        super().__init__(token, parser)
        self.origin = parser.origin
        self.never_silent = False
        self.forgiven = not self.is_var or bool(self.filters and self.filters[0][0] in FORGIVING)

    def resolve(self, context, ignore_failures=False):
        if self.forgiven or (ignore_failures and not self.never_silent):
            return super().resolve(context, ignore_failures)
        try:
            found = self.var.resolve(context)
        except base.VariableDoesNotExist as error:
            raise NoSuchVariable(f"{self.origin.template_name}: {self.token}") from error
        # The rest of Django's own method, which would resolve the variable a second time.
        return base.FilterExpression.resolve(SimpleNamespace(is_var=False, var=found, filters=self.filters), context)


def is_own(origin):
    """Whether a template belongs to the portal and not to a package."""
    return bool(origin) and str(origin.name).startswith(f"{settings.BASE_DIR / 'templates'}/")


def _compile_filter(plain):
    @functools.wraps(plain)
    def compile_filter(parser, token):
        return StrictExpression(token, parser) if is_own(parser.origin) else plain(parser, token)

    return compile_filter


def _never_silent(plain, attribute):
    @functools.wraps(plain)
    def init(node, *args, **options):
        plain(node, *args, **options)
        expression = getattr(node, attribute)
        if isinstance(expression, StrictExpression):
            expression.never_silent = True

    return init


def _blocktranslate(plain):
    @functools.wraps(plain)
    def render(node, context, nested=False):
        if is_own(node.origin):
            tokens = [*node.singular, *(node.plural or ())]
            names = {token.contents for token in tokens if token.token_type == base.TokenType.VAR}
            for name in names - {*node.extra_context, node.countervar}:
                if name not in context:
                    raise NoSuchVariable(f"{node.origin.template_name}: {name} in blocktranslate")
        return plain(node, context, nested)

    return render


def install(patch=setattr):
    """Install the check in this process. ``patch``: sets an attribute, such as ``MonkeyPatch.setattr``."""
    patch(base.Parser, "compile_filter", _compile_filter(base.Parser.compile_filter))
    patch(defaulttags.ForNode, "__init__", _never_silent(defaulttags.ForNode.__init__, "sequence"))
    patch(defaulttags.RegroupNode, "__init__", _never_silent(defaulttags.RegroupNode.__init__, "target"))
    patch(i18n.BlockTranslateNode, "render", _blocktranslate(i18n.BlockTranslateNode.render))
