"""An import contract: a context is entered by its facade and its events, and by nothing else."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

_OPEN = ("facade", "events")


class FrontDoorContract(Contract):  # type: ignore[misc]  # import-linter ships no types
    """Modules outside ``<root>.<context>`` import only its facade or events; `assemblers` its module.py too.

    The built-in ``protected`` contract with wildcards does not catch ``order.api → catalog.service``.
    """

    type_name = "front_door"

    root = fields.StringField()
    assemblers = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every direct import into a context is looked at."""
        found = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if self._context_of(imported)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not self._may(importer, imported)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name every import that comes in by the window."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} -> {imported}: enter {self._context_of(imported)} by facade or events")

    def _may(self, importer: str, imported: str) -> bool:
        context = self._context_of(imported)
        if self._context_of(importer) == context:
            return True
        inside = imported.split(".")[2:]
        if inside[:1] in ([name] for name in _OPEN):
            return True
        return importer in (self.assemblers or ()) and inside == ["module"]

    def _context_of(self, module: str) -> str:
        """`backend.order` for anything inside it; empty for the root, its plain modules and everything else."""
        parts = module.split(".")
        return ".".join(parts[:2]) if len(parts) > 2 and parts[0] == self.root else ""
