"""Figures and Markdown tables."""


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


def line(cells):
    return "| " + " | ".join(cells) + " |"


def head(titles):
    """The first two lines of a table whose rows come one by one."""
    return line(titles) + "\n" + line(["---"] * len(titles))


def table(heading, rows):
    """Rows of cells under a heading; columns of numbers to the right."""
    columns = list(zip(*rows))
    widths = [max(3, *(len(cell) for cell in [title, *column])) for title, column in zip(heading, columns)]
    is_right = [any(map(is_number, column)) and all(map(is_number_or_none, column)) for column in columns]

    def aligned(row):
        cells = zip(row, widths, is_right)
        return line(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells)

    rule = line("-" * (width - 1) + ":" if right else "-" * width for width, right in zip(widths, is_right))
    return [aligned(heading), rule, *map(aligned, rows)]


def is_number(cell):
    return cell[:1].isdigit() and cell.rstrip("×").replace(",", "").replace(".", "").isdigit()


def is_number_or_none(cell):
    return cell in ("", "–") or is_number(cell)
