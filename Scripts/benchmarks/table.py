"""The figures as Markdown."""


def number(value, digits=None):
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if value >= 200 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def ratio(value):
    return "–" if value is None else f"{value:.2f}×"


def divided(value, other):
    return value / other if value and other else None


def table(heading, rows):
    """Rows of cells under a heading; numbers to the right."""
    widths = [max(len(str(row[index])) for row in [heading, *rows]) for index in range(len(heading))]
    lines = ["| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in [heading, *rows]]
    lines.insert(1, "| " + " | ".join("-" * width if index == 0 else "-" * (width - 1) + ":"
                                      for index, width in enumerate(widths)) + " |")
    return lines


def targets(rows):
    """What the table lets one check: name, figure, bound, and whether it holds."""
    cells = []
    for name, value, bound, text in rows:
        held = "not measured" if value is None else "holds" if bound(value) else "MISSED"
        cells.append([name, "–" if value is None else number(value), text, held])
    return table(["target", "measured", "bound", ""], cells)
