#!/usr/bin/env python3
"""Adds up what the tests of one ctest run counted.

  sum_tests.py REPORT.xml     prints one line per test and last "N passed, N failed, N skipped"; exit 1 if any failed

A test that prints "N passed, N failed, N skipped" as its last such line counts so, GoogleTest binaries by their own summary,
every other test as one.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped", re.M)
GTEST = {name: re.compile(rf"^\[  {word}\s*\] (\d+) tests?", re.M)
         for name, word in (("passed", "PASSED"), ("failed", "FAILED"), ("skipped", "SKIPPED"))}


def counts_of(case):
    output = "\n".join(case.itertext())
    has_failed = case.find("failure") is not None or case.get("status") in ("fail", "disabled")
    was_skipped = case.find("skipped") is not None
    found = COUNTS.findall(output)
    if found:
        passed, failed, skipped = map(int, found[-1])
    elif GTEST["passed"].search(output):
        passed, failed, skipped = (int((GTEST[name].findall(output) or [0])[-1]) for name in ("passed", "failed", "skipped"))
    else:
        passed, failed, skipped = int(not has_failed and not was_skipped), int(has_failed), int(was_skipped)
    if has_failed and failed == 0:  # it crashed, or ran out of time, before or after counting
        failed = 1
    return passed, failed, skipped


def main():
    total = [0, 0, 0]
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
        counts = counts_of(case)
        total = [a + b for a, b in zip(total, counts)]
        print(f"{case.get('name'):28} {counts[0]:>7} passed, {counts[1]:>4} failed, {counts[2]:>4} skipped, {float(case.get('time', 0)):7.1f} s")
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    sys.exit(1 if total[1] or not total[0] else 0)


if __name__ == "__main__":
    main()
