"""hostctl's modules import one another in one direction. Limit: reads import statements; it sees nothing that is loaded by name."""
import ast
import unittest
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def imported(path):
    """Modules of the package that one of them imports, wherever in its text."""
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.level == 1]
    return sorted({node.module or alias.name for node in found for alias in node.names})


def circle(graph, name, path=()):
    """The first way from a module back to itself."""
    if name in path:
        return [*path[path.index(name):], name]
    return next((way for other in graph[name] if (way := circle(graph, other, (*path, name)))), None)


class ImportsTest(unittest.TestCase):
    def test_no_module_imports_itself_by_way_of_others(self):
        graph = {path.stem: imported(path) for path in PACKAGE.glob("*.py")}
        self.assertGreater(len(graph), 50)
        self.assertIn("alerts", graph["status"])
        self.assertEqual([way for name in graph if (way := circle(graph, name))], [])

    def test_a_circle_is_found(self):
        self.assertEqual(circle({"a": ["b"], "b": ["c"], "c": ["b"]}, "a"), ["b", "c", "b"])


if __name__ == "__main__":
    unittest.main()
