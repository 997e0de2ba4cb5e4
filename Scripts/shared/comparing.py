"""The frame of the scripts that compare a built tool with PyTorch: words, a line a case, a count, a status."""

import argparse
import contextlib
import pathlib
import sys
import tempfile

from shared.running import Failure


def words(doc, what, known, groups=None, open_prefix=None):
    """The tool and the names of a command line, all of `known` unless some are named.

    A name of `groups` stands for its list; any name that begins with `open_prefix` is taken as it is.
    """
    groups = groups or {}
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar=what, help=", ".join([*known, *groups]))
    arguments = parser.parse_args()
    names = [name for word in arguments.names for name in groups.get(word, [word])]
    unknown = [name for name in names if name not in known and not (open_prefix and name.startswith(open_prefix))]
    if unknown:
        parser.error(f"'{unknown[0]}' is none of {', '.join(known)}")
    return arguments.tool.resolve(), names or list(known)


class Absent(Exception):
    """Why there is nothing to compare: neither agreement nor the tool's fault."""


class Comparison:
    """A built tool, a folder to work in, how many cases agreed so far, and how many there were nothing to compare in."""

    def __init__(self, tool, folder):
        self.tool, self.folder, self.held, self.short, self.absent = tool, folder, 0, 0, 0

    def report(self, line, problems=()):
        """Counts a case: it agrees where there are no problems."""
        self.held, self.short = self.held + (not problems), self.short + bool(problems)
        print(("SHORT  " if problems else "holds  ") + "; ".join([line, *problems]), flush=True)

    def case(self, name, compare):
        """Reports what `compare` finds: a text and a list of problems. A failed command is a problem. Whether it compared."""
        try:
            text, problems = compare()
        except Absent as reason:
            self.absent += 1
            print(f"absent {name:28} {reason}", flush=True)
            return False
        except Failure as failure:
            text, problems = "", [str(failure)]
        self.report(f"{name:28} {text}", problems)
        return True


@contextlib.contextmanager
def comparison(tool):
    """A comparison in a folder of its own; prints the count at its end and leaves with 1 where something fell short."""
    with tempfile.TemporaryDirectory(prefix="gradcam-compare-") as folder:
        made = Comparison(tool, pathlib.Path(folder))
        yield made
    print(f"{made.held} hold, {made.short} fall short" + (f", {made.absent} absent" if made.absent else ""))
    sys.exit(1 if made.short or not made.held else 0)
