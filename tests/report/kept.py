#!/usr/bin/env python3
"""kept.py PROGRAM: interactive_dashboard.html at the root of the source holds what the program says today.

The synthetic shop is made anew as script/dashboard makes it, and every answer that both files have is compared. Skipped
where the file is not there.
"""

import os
import subprocess
import sys
import tempfile

from one_file import OneFile, differences

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(SOURCE, "interactive_dashboard.html")
SKIP, MOST = 77, 3_000_000


def main():
    if not os.path.exists(KEPT):
        print("kept: there is no interactive_dashboard.html; script/dashboard makes it")
        sys.exit(SKIP)
    kept, wrong = OneFile(KEPT), []
    if os.path.getsize(KEPT) > MOST:
        wrong.append("the file has more than 3 MB")
    with tempfile.TemporaryDirectory(prefix="vitrine-kept-") as folder:
        fresh_path = os.path.join(folder, "fresh.html")
        subprocess.run([os.path.join(SOURCE, "script", "dashboard"), "--program", os.path.abspath(sys.argv[1]), "--out",
                        fresh_path], check=True, stdout=subprocess.DEVNULL)
        fresh = OneFile(fresh_path)
    if sorted(kept.answers) != sorted(fresh.answers):
        wrong.append("other answers: %s" % sorted(set(kept.answers) ^ set(fresh.answers))[:5])
    for key in sorted(set(kept.answers) & set(fresh.answers)):
        if key.startswith("insight/"):
            wrong += ["%s %s" % (key, difference) for difference in differences(fresh.answer(key), kept.answer(key))]
    print("\n".join(wrong[:20]))
    print("kept: %d answers, %d differences%s" % (len(kept.answers), len(wrong),
                                                  "; make it anew with script/dashboard" if wrong else ""))
    sys.exit(len(wrong) > 0)


if __name__ == "__main__":
    main()
