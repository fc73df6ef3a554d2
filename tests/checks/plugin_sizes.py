#!/usr/bin/env python3
"""Prints how many lines each plugin has (its .cc and .h files without tests), and the median.

    plugin_sizes.py ROOT

Exits with 1 when a file has more than 400 lines.
"""
import pathlib
import statistics
import sys

MOST_LINES = 400


def main(root):
    rows, long_files = [], []
    for folder in sorted(path for path in root.glob("plugins/*/*") if path.is_dir()):
        files = [path for path in sorted(folder.glob("*")) if path.suffix in (".cc", ".h")]
        files = [path for path in files if not path.stem.endswith(("_test", "_bench", "_fuzz"))]
        lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]
        long_files += [path for path, count in zip(files, lines) if count > MOST_LINES]
        if files:
            rows.append((str(folder.relative_to(root / "plugins")), len(files), sum(lines), max(lines)))
    print(f"{'plugin':<28}{'files':>6}{'lines':>7}{'longest':>9}")
    for name, files, total, longest in rows:
        print(f"{name:<28}{files:>6}{total:>7}{longest:>9}")
    if rows:
        print(f"{'median':<28}{'':>6}{statistics.median(row[2] for row in rows):>7.0f}")
    for path in long_files:
        print(f"{path.relative_to(root)}: more than {MOST_LINES} lines")
    return 1 if long_files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
