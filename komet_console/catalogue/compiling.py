"""From the YAML of `resources/openapi` and `resources/knowledge` to the compiled index, and to one bundled document.

The index is a text file with one JSON value a line, so that a change is one line in a diff and a damaged line costs
one method:

    line 1     {"format", "anchor", "document", "methods"}   document: the OpenAPI root with components, without paths
    line 2     general knowledge: {"statuses", "outcomes", "conventions", "guides", "pages"}
    line 3     the search table: one row a method, see `searching.search_rows`
    others     {"name", "path", "verb", "operation"}, in the order of the groups

Parsing YAML takes seconds, so it happens here, at build time, and never at start.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.model import Problem
from komet_console.catalogue.parsing import VERBS, parse_method, parse_summary
from komet_console.catalogue.searching import search_rows

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
KNOWLEDGE = ("statuses", "outcomes", "conventions", "guides", "pages")
COMPONENTS_FILE = "components.yaml"


def _read(path: Path, problems: list[Problem]) -> Any:
    """The parsed file, or None after a problem was noted."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(Problem(path.name, mark.line + 1 if mark else 1, error.problem or "not readable as YAML"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        problems.append(Problem(path.name, 1, str(error)))
    return None


def _line_of(path: Path, needle: str) -> int:
    """Line of the first occurrence of a key, for a message; 1 when it is not there."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip().startswith(needle):
            return number
    return 1


def _localised(value: Any) -> Any:
    """The value with references into the components file turned into references within one document."""
    if isinstance(value, dict):
        return {
            key: one.removeprefix(COMPONENTS_FILE) if key == "$ref" and isinstance(one, str) else _localised(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_localised(one) for one in value]
    return value


def _operations(folder: Path, document: dict[str, Any], problems: list[Problem]) -> list[dict[str, Any]]:
    """All readable operations, ordered by group and then as their files order them."""
    components = document["components"]["schemas"]
    order = [tag["name"] for tag in document.get("tags", ())]
    found = []
    names: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        if path.name in (COMPONENTS_FILE, "openapi.yaml"):
            continue
        known = len(problems)
        data = _read(path, problems)
        if len(problems) > known:
            continue
        paths = data.get("paths") if isinstance(data, dict) else None
        if not isinstance(paths, dict):
            problems.append(Problem(path.name, 1, "has no `paths` object"))
            continue
        for address, item in _localised(paths).items():
            for verb, operation in item.items() if isinstance(item, dict) else ():
                if verb not in VERBS:
                    continue
                try:
                    summary = parse_summary(address, verb, operation)
                    parse_method(summary, operation, components)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    reason = f"missing {error}" if isinstance(error, KeyError) else str(error)
                    problems.append(Problem(path.name, _line_of(path, f"{address}:"), f"{verb} {address}: {reason}"))
                    continue
                if summary.name in names:
                    problems.append(
                        Problem(path.name, _line_of(path, f"{address}:"), f"{summary.name} is defined twice")
                    )
                    continue
                names.add(summary.name)
                rank = order.index(summary.group) if summary.group in order else len(order)
                found.append((rank, {"name": summary.name, "path": address, "verb": verb, "operation": operation}))
    found.sort(key=lambda one: one[0])
    return [one for _, one in found]


def compile_catalogue(openapi: Path, knowledge: Path) -> tuple[str, list[Problem]]:
    """The text of the index and what could not be read.

    `openapi` and `knowledge` are folders. Damaged files and operations are left out and named in the problems;
    a damaged root document or components file leaves an index without methods.
    """
    problems: list[Problem] = []
    document = _read(openapi / "openapi.yaml", problems)
    components = _read(openapi / COMPONENTS_FILE, problems)
    operations: list[dict[str, Any]] = []
    if isinstance(document, dict) and isinstance(components, dict):
        document.pop("paths", None)
        shared = components["components"]
        document["components"] = {**shared, **document.get("components", {})}
        operations = _operations(openapi, document, problems)
    else:
        document = {}
    general = {name: _read(knowledge / f"{name}.yaml", problems) for name in KNOWLEDGE}
    head = {
        "format": FORMAT,
        "anchor": document.pop("x-komet-sample-anchor", None),
        "document": document,
        "methods": [
            [
                summary.name,
                summary.verb,
                summary.path,
                summary.group,
                summary.title,
                summary.effect,
                list(summary.aliases),
                summary.deprecated,
            ]
            for summary in (parse_summary(one["path"], one["verb"], one["operation"]) for one in operations)
        ],
    }
    lines = [head, general, search_rows(operations, general.get("guides")), *operations]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines), problems


def main() -> int:
    """Write the index from source; print problems and return 1 when there are any. Used by `make catalogue`."""
    import sys

    from komet_console.resources import resource_path

    root = resource_path()
    text, problems = compile_catalogue(root / "openapi", root / "knowledge")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    target = root / "catalogue" / "index.jsonl"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
