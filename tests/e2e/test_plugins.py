#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latent plugins` among broken plugins: one plain sentence each, exit code 0, and the healthy one works."""
import json
import os
import shutil
import subprocess
import unittest

from workbench import DONE, FIXTURES, PROGRAM, Case, main

# A plugin, and words of the sentence that is to be said of it.
BROKEN = {
    "segfault_on_load": "crashed while it was loaded (segmentation fault)",
    "abort_on_load": "the licence server did not answer",
    "exit_on_load": "ended the process while it was loaded",
    "throw_across": "exception out of the plugin",
    "wrong_abi": "version 2.0 of the plugin interface",
    "missing_symbol": "latent_plugin_descriptor",
    "lying_id": "somebody_else",
    "lying_contributions": "promises the experiment",
}


class Plugins(Case):
    def setUp(self):
        super().setUp()
        self.folder = self.workspace.folder / "plugins"
        self.folder.mkdir(mode=0o755)
        for name in [*BROKEN, "raw_healthy"]:
            for suffix in (".so", ".json"):
                source = FIXTURES / name / (name + suffix)
                if not source.exists():
                    raise unittest.SkipTest(f"The fixture {name} is not built here.")
                shutil.copy(source, self.folder)
        # Of its own home: neither quarantine nor trust of other tests.
        self.home_folder = self.workspace.folder / "home"
        self.environment = {**self.home.environment, "LATENT_PLUGIN_PATH": str(self.folder), "HOME": str(self.home_folder)}
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            self.environment[f"XDG_{kind}_HOME"] = str(self.home_folder / kind.lower())

    def latent(self, *words):
        return subprocess.run([PROGRAM, *map(str, words)], env=self.environment, cwd=self.workspace.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def trust_all(self, *but):
        for name in [*BROKEN, "raw_healthy"]:
            if name not in but:
                self.latent("plugins", "trust", name)

    def listed(self, *words):
        ended = self.latent("plugins", *words, "--json")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return {plugin["id"]: plugin for plugin in json.loads(ended.stdout)}

    def test_each_gives_one_sentence_and_the_healthy_one_works(self):
        self.trust_all()
        plugins = self.listed()
        for name, words in BROKEN.items():
            with self.subTest(plugin=name):
                self.assertIn(plugins[name]["state"], ("refused", "quarantined"))
                self.assertIn(words, plugins[name]["sentence"])
                self.assertNotIn("\n", plugins[name]["sentence"])
        self.assertEqual(plugins["raw_healthy"]["state"], "usable")
        plain = self.latent("plugins")
        self.assertEqual(plain.returncode, DONE, plain.stderr)
        for name in [*BROKEN, "raw_healthy"]:
            self.assertIn(name, plain.stdout)

    def test_an_untrusted_one_is_not_loaded(self):
        self.trust_all("segfault_on_load")
        self.assertIn("latent plugins trust segfault_on_load", self.listed()["segfault_on_load"]["sentence"])

    def test_listing_loads_no_libtorch(self):
        """What is known of plugins comes from the cache; the bundled ones are among them."""
        self.trust_all()
        self.listed()
        self.environment.update({"LD_DEBUG": "libs", "LD_DEBUG_OUTPUT": str(self.workspace.folder / "loaded")})
        self.listed()
        reports = list(self.workspace.folder.glob("loaded.*"))
        self.assertTrue(reports, "the loader reported nothing")
        for report in reports:
            self.assertNotIn(b"libtorch", report.read_bytes())

    def test_writable_by_all(self):
        self.trust_all()
        os.chmod(self.folder / "raw_healthy.so", 0o777)
        self.assertIn("can be changed by other users", self.listed()["raw_healthy"]["sentence"])

    def test_safe_mode_leaves_all_of_them_out(self):
        self.trust_all()
        self.assertEqual(self.listed()["raw_healthy"]["state"], "usable")
        safe = self.latent("--safe-mode", "plugins", "--json")
        self.assertEqual(safe.returncode, DONE, safe.stderr)
        states = {plugin["id"]: plugin["state"] for plugin in json.loads(safe.stdout)}
        for name in [*BROKEN, "raw_healthy"]:
            self.assertNotEqual(states.get(name), "usable", name)


if __name__ == "__main__":
    main()
