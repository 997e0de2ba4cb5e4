"""Seeded JPEGs. Run by Scripts/benchmark with the peers' Python:

    images.py FOLDER COUNT WIDTH HEIGHT      writes FOLDER/000.jpg and so on; what exists is kept
"""

import pathlib
import sys

from shared.pictures import photo


def main():
    folder, count, width, height = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        path = folder / f"{index:03}.jpg"
        if not path.exists():
            photo(width, height, index).save(path, quality=90)


if __name__ == "__main__":
    main()
