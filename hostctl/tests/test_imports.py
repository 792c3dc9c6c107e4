"""hostctl's packages import one another in one direction. Limit: reads import statements; it sees nothing that is loaded by name."""
import ast
import re
import unittest
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# Each imports those before it only. The site, the database and the releases do not know who deploys, saves or watches them.
ORDER = ("standalone", "machine", "manifest", "site", "database", "release", "deploy", "backup", "monitor", "controller_ini", "verbs")


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


def before(other, name):
    """Whether a module may import another one by their packages."""
    place = [ORDER.index(one.split("/")[0]) for one in (other, name)]
    return place[0] <= place[1]


def is_named(name, said):
    package, module = name.split("/")
    return bool(re.search(rf"{name}\.py|hostctl\.{package}\.{module}\b|from hostctl\.{package} import [^\n]*\b{module}\b", said))


class ImportsTest(unittest.TestCase):
    def test_no_module_imports_itself_by_way_of_others(self):
        graph = modules()
        self.assertGreater(len(graph), 80)
        self.assertLessEqual({"monitor/alerts", "deploy/journal"}, set(graph["monitor/status"]))
        self.assertEqual([way for name in graph if (way := circle(graph, name))], [])

    def test_a_package_imports_those_before_it_only(self):
        found = [f"{name} imports {other}" for name, others in modules().items() for other in others if not before(other, name)]
        self.assertEqual(found, [])

    def test_what_is_in_a_package_is_in_one_that_has_its_place(self):
        self.assertEqual({path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}, {*ORDER, "tests"})

    def test_what_runs_alone_imports_nothing_of_it(self):
        self.assertEqual({name: others for name, others in modules().items() if name.startswith("standalone/") and others}, {})
        self.assertIn("standalone/pause_proxy", modules())

    def test_every_module_is_named_by_a_test(self):
        """In an import, in what is replaced, or in the first lines, which say what a scenario covers."""
        said = "\n".join(path.read_text() for path in (PACKAGE / "tests").rglob("*.py") if path != Path(__file__).resolve())
        names = {name.replace("/__init__", "") for name in modules()} - {*ORDER, "__init__", "__main__"}
        self.assertEqual([name for name in sorted(names) if not is_named(name, said)], [])
        self.assertFalse(is_named("site/nonsense", said))

    def test_an_import_of_a_later_package_is_found(self):
        self.assertFalse(before("backup/backup", "deploy/deploy"))
        self.assertFalse(before("verbs/host", "monitor/status"))
        self.assertTrue(before("deploy/hooks", "deploy/deploy"))

    def test_a_circle_is_found(self):
        self.assertEqual(circle({"a": ["b"], "b": ["c"], "c": ["b"]}, "a"), ["b", "c", "b"])


if __name__ == "__main__":
    unittest.main()
