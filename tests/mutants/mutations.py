"""Small changes of a module's functions, each of which some test should notice.

Only code inside functions is changed, because what a module builds at import is already in use everywhere.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_COMPARED_OTHERWISE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Queryset methods that narrow the result, and Django's objects that accept the same conditions.
_NARROWING = {"filter", "exclude"}
_CONDITIONS = _NARROWING | {"Q", "When", "get"}
_DROPPED_WHOLE = _NARROWING | {"select_for_update", "distinct"}
# Texts for people are not changed; which of them is shown is not a rule.
_WORDS = {"_", "gettext", "ngettext", "gettext_lazy", "format_html"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutation:
    """One change: the ``number``-th node of the module (in the order of ``ast.walk``) is replaced by its ``variant``.

    ``lines``: those of the changed place. A test that runs none of them cannot notice the change.
    """

    path: str
    line: int
    lines: tuple[int, ...]
    what: str
    before: str
    after: str
    number: int
    variant: int

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def mutations(source: str, path: str) -> list[Mutation]:
    """All changes of the module, in the order of its lines."""
    tree = ast.parse(source)
    parents = _parents(tree)
    found = []
    for number, node in enumerate(ast.walk(tree)):
        if not _is_open(node, parents):
            continue
        for variant, (what, new) in enumerate(_variants(node, parents)):
            statement = _statement(node, parents)
            first = node.lineno if hasattr(node, "lineno") else statement.lineno
            # Only the head of a compound statement is changed; running its body does not prove that the changed head
            # was run.
            last = first if isinstance(node, ast.stmt) and hasattr(node, "body") else _end(node, statement)
            lines = tuple(sorted({statement.lineno, *range(first, last + 1)}))
            found.append(Mutation(path, first, lines, what, _shown(node), _shown(new), number, variant))
    return sorted(found, key=lambda mutation: (mutation.line, mutation.number, mutation.variant))


def compiled(source: str, mutation: Mutation) -> CodeType:
    """The module's code with the change; all line numbers are preserved."""
    tree = ast.parse(source)
    parents = _parents(tree)
    node = next(each for number, each in enumerate(ast.walk(tree)) if number == mutation.number)
    _what, new = list(_variants(node, parents))[mutation.variant]
    _put(parents[node], node, ast.copy_location(new, node))
    return compile(ast.fix_missing_locations(tree), mutation.path, "exec", dont_inherit=True)


def _parents(tree):
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _put(parent, node, new):
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, new)
        elif isinstance(value, list) and any(each is node for each in value):
            value[next(place for place, each in enumerate(value) if each is node)] = new


def _is_open(node, parents):
    """Whether the node is evaluated when a function runs, and is not only text."""
    inside, above = False, parents.get(node)
    below = node
    while above is not None:
        if isinstance(above, ast.Call) and _name_of(above) in _WORDS:
            return False
        if isinstance(above, ast.Raise) and below is above.exc:
            return False
        if isinstance(above, _FUNCTIONS):
            # Decorators, defaults and annotations were evaluated when the function was created.
            inside = inside or any(below is each for each in above.body)
        elif isinstance(above, ast.AnnAssign) and below is above.annotation:
            return False
        below, above = above, parents.get(above)
    return inside


def _variants(node, parents) -> Iterator[tuple[str, ast.AST]]:
    """The possible replacements of the node with their descriptions, always in the same order."""
    match node:
        case ast.BoolOp():
            yield from _without_a_clause(node)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            yield "clause dropped", node.left
            yield "clause dropped", node.right
        case ast.UnaryOp(op=ast.Not()):
            yield "negated", node.operand
        case ast.Compare(ops=[operator]):
            otherwise = _COMPARED_OTHERWISE[type(operator)]
            yield "comparison shifted", ast.Compare(node.left, [otherwise()], node.comparators)
        case ast.Constant():
            yield from _other_constants(node, parents)
        case ast.List() | ast.Set() | ast.Tuple():
            yield from _without_an_element(node)
        case ast.Call():
            yield from _other_calls(node, parents)
        case ast.Raise() | ast.AugAssign():
            yield f"{'raise' if isinstance(node, ast.Raise) else 'change'} removed", ast.Pass()
        case ast.Assign(targets=[ast.Attribute()]):
            yield "assignment removed", ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield "call removed", ast.Pass()
        case ast.Return(value=ast.expr()):
            yield from _other_results(node)
    if _is_condition(node, parents) and not isinstance(node, ast.UnaryOp | ast.Compare):
        yield "negated", ast.UnaryOp(ast.Not(), node)
    if isinstance(parents.get(node), ast.comprehension) and any(node is each for each in parents[node].ifs):
        yield "filter dropped", ast.Constant(True)


def _without_a_clause(node):
    for dropped in node.values:
        left = [value for value in node.values if value is not dropped]
        yield "clause dropped", left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _other_constants(node, parents):
    if isinstance(parents[node], ast.Expr | ast.Return | ast.FormattedValue):
        return
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield "constant", ast.Constant(node.value + 1)


def _without_an_element(node):
    plain = (ast.Constant, ast.Attribute)
    if len(node.elts) > 1 and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for dropped in node.elts:
            if isinstance(dropped, plain) and all(isinstance(each, plain) for each in node.elts):
                left = [each for each in node.elts if each is not dropped]
                yield "element dropped", type(node)(left) if isinstance(node, ast.Set) else type(node)(left, node.ctx)


def _other_calls(node, parents):
    name, method = _name_of(node), isinstance(node.func, ast.Attribute)
    if name in _WORDS:
        return
    if method and name in _DROPPED_WHOLE and not isinstance(parents[node], ast.Expr):
        yield f"{name} dropped", node.func.value
    arguments, keywords = node.args, node.keywords
    if name in _CONDITIONS and len(arguments) + len(keywords) > 1:
        for dropped in arguments:
            yield (
                "condition dropped",
                ast.Call(node.func, [each for each in arguments if each is not dropped], keywords),
            )
    if name not in _CONDITIONS or len(arguments) + len(keywords) > 1:
        what = "condition dropped" if name in _CONDITIONS else "argument dropped"
        for dropped in keywords:
            if dropped.arg is not None:
                yield what, ast.Call(node.func, arguments, [each for each in keywords if each is not dropped])


def _other_results(node):
    match node.value:
        case ast.Constant(value=bool(answer)):
            yield "other result", ast.Return(ast.Constant(not answer))
        case ast.Constant(value=None):
            return
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            yield "other result", ast.Return(ast.Constant(True))
            yield "other result", ast.Return(ast.Constant(False))
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return
        case ast.List() | ast.ListComp() | ast.Dict() | ast.DictComp():
            kind = ast.Dict([], []) if isinstance(node.value, ast.Dict | ast.DictComp) else ast.List([], ast.Load())
            yield "other result", ast.Return(kind)
        case _:
            yield "other result", ast.Return(ast.Constant(None))


def _is_condition(node, parents):
    return isinstance(parents.get(node), ast.If | ast.While | ast.IfExp) and parents[node].test is node


def _name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _statement(node, parents):
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def _end(node, statement):
    return getattr(node, "end_lineno", None) or statement.end_lineno


def _shown(node):
    try:
        words = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    except AttributeError:
        words = type(node).__name__
    return words
