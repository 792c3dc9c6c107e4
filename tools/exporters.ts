import { venv } from "./setup/venv";

/** Tools whose lock files nobody else reads to the letter; each writes its own in the form of a requirements file. */
const tools = {
  // https://github.com/python-poetry/poetry-plugin-export
  poetry: venv("poetry", "Poetry", "poetry, which reads poetry.lock, is"),
  // https://pipenv.pypa.io/en/latest/cli.html#requirements
  pipenv: venv("pipenv", "Pipenv", "pipenv, which reads Pipfile.lock, is"),
};

export type Exporter = keyof typeof tools;

/** Installed from PyPI. */
export const exporter = (name: Exporter) => tools[name].step;

/** Path of its program. @throws when set-up has not installed it. */
export const findExporter = (name: Exporter): string => tools[name].find(name);
