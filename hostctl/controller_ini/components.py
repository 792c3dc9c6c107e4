"""controller.ini: which files of a folder go where in the project.

    [light]
    oc_pizza.ico = shop.static.shop
    [heavy]
    menus.json = city_001

A line is `file = dotted.destination`, a folder that the project has; `.` is the project's own."""
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

from ..machine.errors import HostError

NAME = "controller.ini"
KINDS = {"light": (".ico", ".jpg", ".png", ".pdf", ".gif"), "heavy": (".py", ".html", ".css", ".js", ".json", ".ini", ".psql")}


class Component(NamedTuple):
    file: Path
    # Path in the project, with "/" between folders.
    path: str


def read(folder, project, made=()):
    """The components that `folder` holds for the source tree `project`. `made`: folders of the project that release steps fill,
    where no component may go. Raises HostError that names everything amiss at once; nothing is copied here."""
    folder, problems, components, places = Path(folder), [], [], {}
    named = set()
    for number, section, name, destination in _lines(folder, problems):
        at = f"{NAME} line {number}"
        named.add(name)
        target = _target(project, made, destination, f"{at}: {name} = {destination}", problems)
        _check_file(folder, section, name, at, problems)
        if target is None:
            continue
        path = f"{target}/{name}" if target else name
        if path in places:
            problems.append(f"{at}: {path} comes from line {places[path]} already")
        elif (project / path).is_dir():
            problems.append(f"{at}: {path} is a folder of the project")
        places.setdefault(path, number)
        components.append(Component(folder / name, path))
    problems += [f"{name}: is in the folder and in no line of {NAME}" for name in sorted(os.listdir(folder)) if name not in named | {NAME}]
    if not problems and not components:
        problems.append(f"{NAME}: names no file")
    if problems:
        raise HostError("\n".join([f"{folder}: nothing was changed, because of {len(problems)} {'fault' if len(problems) == 1 else 'faults'}",
                                   *(f"  {problem}" for problem in sorted(problems, key=_line))]))
    return components


def _line(problem):
    """Problems in the order of the lines; what is about the folder comes last."""
    found = re.match(rf"{NAME} line (\d+)", problem)
    return int(found[1]) if found else 1 << 30


def _lines(folder, problems):
    """(number, section, file, destination) of each line that can be read."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise HostError(f"{folder}: must hold a readable {NAME} ({failure})") from None
    section, found = None, []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            section = line[1:-1] if line[-1] == "]" else line
            if section not in KINDS:
                problems.append(f"{NAME} line {number}: must be [{'] or ['.join(KINDS)}], got {line}")
            continue
        name, equals, destination = (part.strip() for part in line.partition("="))
        if not equals or not name or not destination:
            problems.append(f"{NAME} line {number}: must be `file = dotted.destination`, got {line!r}")
        elif section is None:
            problems.append(f"{NAME} line {number}: must stand below [{'] or ['.join(KINDS)}]")
        else:
            found.append((number, section, name, destination))
    return found


def _target(project, made, destination, at, problems):
    """The folder of a dotted destination, relative to the project, or None after a problem."""
    if destination == ".":
        return ""
    parts = destination.split(".")
    if not all(re.fullmatch(r"[\w-]+", part) for part in parts):
        outside = "" in parts or "/" in destination or "\\" in destination
        problems.append(f"{at}: " + ("is outside the project; " if outside else "") + "must be names with dots between them, such as city_001.templates.city_001")
        return None
    target = "/".join(parts)
    if any(target == folder or target.startswith(f"{folder}/") for folder in made) or parts[0] == "venv" or "__pycache__" in parts:
        problems.append(f"{at}: is made by the release itself; put the file where it is made from")
        return None
    walked = project
    for part in parts:
        if not (walked / part).is_dir() or (walked / part).is_symlink():
            what = "app" if walked == project else f"folder in {walked.relative_to(project)}"
            near = ", ".join(sorted(path.name for path in walked.iterdir() if path.is_dir() and not path.is_symlink()
                             and path.name != "__pycache__" and str(path.relative_to(project)) not in made))
            problems.append(f"{at}: there is no {what} named {part}; there are: {near or 'none'}")
            return None
        walked /= part
    return target


def _check_file(folder, section, name, at, problems):
    if "/" in name or name in (".", "..", NAME):
        problems.append(f"{at}: {name} must be the name of a file in the folder")
        return
    if section in KINDS and not name.lower().endswith(KINDS[section]):
        other = next((kind for kind, endings in KINDS.items() if name.lower().endswith(endings)), None)
        problems.append(f"{at}: {name} must end in one of {' '.join(KINDS[section])} below [{section}]" + (f"; put it below [{other}]" if other else ""))
    try:
        if not stat.S_ISREG(os.lstat(folder / name).st_mode):
            problems.append(f"{at}: {name} must be a file, got a folder or a link")
    except FileNotFoundError:
        problems.append(f"{at}: {name} is not in the folder")
