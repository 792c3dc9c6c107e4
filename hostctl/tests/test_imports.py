"""hostctl's modules import one another in one direction. Limit: reads import statements; it sees nothing that is loaded by name."""
import ast
import unittest
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def imported(path):
    """Modules of hostctl that one of them imports, wherever in its text, as paths below it without their suffix: "site/nginx"."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            found |= {home if home.with_suffix(".py").exists() else home / alias.name for alias in node.names}
    return sorted(str(one.relative_to(PACKAGE)) for one in found)


def modules():
    """{module: what it imports} of all that a host has."""
    paths = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    return {str(path.relative_to(PACKAGE).with_suffix("")): imported(path) for path in paths}


def circle(graph, name, path=()):
    """The first way from a module back to itself."""
    if name in path:
        return [*path[path.index(name):], name]
    return next((way for other in graph[name] if (way := circle(graph, other, (*path, name)))), None)


class ImportsTest(unittest.TestCase):
    def test_no_module_imports_itself_by_way_of_others(self):
        graph = modules()
        self.assertGreater(len(graph), 80)
        self.assertLessEqual({"monitor/alerts", "deploy/journal"}, set(graph["monitor/status"]))
        self.assertEqual([way for name in graph if (way := circle(graph, name))], [])

    def test_a_circle_is_found(self):
        self.assertEqual(circle({"a": ["b"], "b": ["c"], "c": ["b"]}, "a"), ["b", "c", "b"])


if __name__ == "__main__":
    unittest.main()
