#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long the desktop takes to a usable window, and what it holds in memory, with a warm file cache.

    python3 tests/bench/desktop_start.py --build build/release [--runs 9]

`usable` is the age of the process when the window has been painted and every waiting event was dealt with. Six plugins are
offered in all: those of the program, and fixtures of the tests for what is missing to six. Prints the median and the spread.
Under Xvfb: xvfb-run -a python3 tests/bench/desktop_start.py …; without a display the off-screen platform is used.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

MANIFESTS = 6
FIXTURES = ("raw_healthy", "sweepable", "probing", "every_parameter", "parted", "moody")


def plugins_listed(latent, environment):
    """Of the program and of LATENT_PLUGIN_PATH, by what `latent plugins` says of them."""
    out = subprocess.run([latent, "plugins", "--json"], env=environment, capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    words.add_argument("--runs", type=int, default=9)
    options = words.parse_args()
    binaries = options.build.resolve() / "bin"
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        plugins = home / "plugins"
        plugins.mkdir()
        environment = dict(os.environ, HOME=folder, LATENT_PLUGIN_PATH=str(plugins))
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            environment[f"XDG_{kind}_HOME"] = str(home / kind.lower())
        if not environment.get("DISPLAY"):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        latent = binaries / "latent"
        for name in FIXTURES:
            built = options.build / "tests" / "fixtures" / name
            if len(plugins_listed(latent, environment)) >= MANIFESTS:
                break
            if not (built / (name + ".so")).exists():
                continue
            for ending in (".so", ".json"):
                shutil.copy(built / (name + ending), plugins)
            subprocess.run([latent, "plugins", "trust", name], env=environment, capture_output=True, check=False)
        listed = plugins_listed(latent, environment)
        usable = sum(plugin["state"] == "usable" for plugin in listed)
        if len(listed) != MANIFESTS:
            raise SystemExit(f"{len(listed)} plugins are offered instead of {MANIFESTS}: build the program's plugins and the fixtures of "
                             "the tests first.")
        results = []
        for turn in range(options.runs + 1):
            out = subprocess.run([binaries / "latent-workbench", str(home / "workspace"), "--report-start"], env=environment,
                                 capture_output=True, text=True, timeout=120, check=True).stdout
            if turn > 0:  # the first one fills the caches
                results.append(json.loads(out.splitlines()[-1]))
    def spread(key):
        values = sorted(result[key] for result in results)
        return f"{statistics.median(values):.0f} [{values[0]:.0f}-{values[-1]:.0f}]"
    print(f"{len(listed)} plugins ({usable} usable), {environment.get('QT_QPA_PLATFORM', 'xcb')}, load {os.getloadavg()[0]:.1f}")
    print(f"usable window after {spread('usable_ms')} ms ({spread('cpu_ms')} ms CPU), resident {spread('resident_mb')} MB")


if __name__ == "__main__":
    main()
