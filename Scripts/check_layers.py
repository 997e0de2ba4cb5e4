#!/usr/bin/env python3
"""Checks that the folders of a source tree are layers: no file names what only a higher folder declares.

    check_layers.py TREE FOLDER…        FOLDERs from the lowest to the highest

What a folder declares is read off its sources: types at the top level, and members that its extensions add to lower types.
A nested folder belongs to its first component; a file beside the folders stands above them all.
"""
import collections
import pathlib
import re
import sys

DECLARATION = re.compile(
    r"(?P<modifiers>(?:@\w+(?:\([^)]*\))?\s+|(?:[a-z]+)(?:\(\w+\))?\s+)*?)"
    r"(?P<kind>struct|class|enum|protocol|actor|typealias|associatedtype|extension|func|var|let|case)\s+"
    r"`?(?P<name>\w+)(?P<rest>.*)")
GENERICS = re.compile(r"\b(?:func|struct|class|enum|init|typealias|actor)\b\s*\w*\s*<([^>{(]*)>")
TYPES = {"struct", "class", "enum", "protocol", "actor", "typealias", "associatedtype"}
TYPE_NAME = re.compile(r"(?<![\w.])[A-Z]\w*")
MEMBER_NAME = re.compile(r"\.(\w+)")
LITERAL = re.compile(r'(#*)("""|")')


def code(text):
    """The text without comments and without the words of literals; what stands in an interpolation is code."""
    out, at, literals = [], 0, []  # Of each open literal: its end, its number signs, its interpolation's open parentheses.
    while at < len(text):
        if literals and literals[-1][2] == 0:
            end, signs, _ = literals[-1]
            if text.startswith(end, at):
                literals.pop()
                at += len(end)
            elif text.startswith(f"\\{signs}(", at):
                literals[-1][2] = 1
                at += 2 + len(signs)
                out.append(" ")
            else:
                out.append("\n" if text[at] == "\n" else "")
                at += 2 if text[at] == "\\" else 1
        elif text.startswith("//", at):
            at = text.find("\n", at)
        elif text[at] in '#"' and (opening := LITERAL.match(text, at)):
            literals.append([opening[2] + opening[1], opening[1], 0])
            at = opening.end()
        else:
            if literals:
                literals[-1][2] += {"(": 1, ")": -1}.get(text[at], 0)
            out.append(text[at])
            at += 1
    return "".join(out)


def names(found):
    """All names that a declaration makes: an enumeration's case may list several."""
    if found["kind"] != "case":
        return [found["name"]]
    rest = re.sub(r"\([^()]*\)", "", found["rest"])
    return [found["name"]] + re.findall(r",\s*`?(\w+)", rest)


class File:
    def __init__(self, path, level):
        self.path, self.level = path, level
        self.lines = code(path.read_text() + "\n").split("\n")
        self.types, self.added, self.others = set(), set(), set()
        depth, adds = 0, False
        for line in self.lines:
            found = DECLARATION.match(line.strip())
            if found:
                is_private = re.search(r"\b(file)?private\b(?!\()", found["modifiers"])
                if depth == 0:
                    adds = found["kind"] == "extension" and not is_private
                if depth == 0 and found["kind"] in TYPES and not is_private:
                    self.types.add(found["name"])
                elif depth == 1 and adds and not is_private:
                    self.added.update(names(found))
                elif found["kind"] != "extension":
                    self.others.update(names(found))
            for parameters in GENERICS.findall(line):
                self.others.update(part.split(":")[0].split()[-1] for part in parameters.split(",") if part.strip())
            depth += line.count("{") - line.count("}")


def main():
    tree, order = pathlib.Path(sys.argv[1]), sys.argv[2:]
    files, complaints = [], []
    for path in sorted(tree.rglob("*.swift")):
        folder = path.relative_to(tree).parts[0]
        if folder in order:
            files.append(File(path, order.index(folder)))
        elif path.parent == tree:
            files.append(File(path, len(order)))
        else:
            complaints.append(f"{path}: the folder {folder} has no place among the layers that Scripts/lint lists")
    types = {name: file.level for file in files for name in file.types}
    # A member counts where extensions of one layer alone declare its name: any other may be meant.
    others = set().union(*(file.others for file in files))
    places = collections.defaultdict(set)
    for file in files:
        for name in file.added - others:
            places[name].add(file.level)
    members = {"." + name: levels.pop() for name, levels in places.items() if len(levels) == 1}
    for file in files:
        # A nested type of a layer may be called as one above is.
        known = set().union(*(other.others | other.added for other in files if other.level == file.level))
        for number, line in enumerate(file.lines, 1):
            used = [(name, types.get(name, 0)) for name in TYPE_NAME.findall(line) if name not in known]
            used += [("." + name, members.get("." + name, 0)) for name in MEMBER_NAME.findall(line)]
            for name, level in dict.fromkeys(used):
                if level > file.level:
                    higher = (order + ["of the loose files"])[level]
                    complaints.append(f"{file.path}:{number}: names {name} of the higher layer {higher}")
    for complaint in complaints:
        print(f"lint: {complaint}", file=sys.stderr)
    sys.exit(bool(complaints))


main()
