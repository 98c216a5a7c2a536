#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin hyperspectral_shadows as a user meets it: a scene becomes a file, the file a result, and what cannot be is said."""
import json
import struct

from workbench import BAD_REQUEST, DONE, FAILED, REFUSED, Case, main

WRONG = (BAD_REQUEST, REFUSED)


class Shadows(Case):
    def setUp(self):
        super().setUp()
        if "shadows/remove" not in self.latent("experiments").stdout:
            self.skipTest("The plugin hyperspectral_shadows is not built here.")

    def run_it(self, experiment, *words):
        ended = self.latent("run", experiment, "-p", "smoke", *words)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return [run for run in self.workspace.runs() if experiment.replace("/", "-") in run.name][-1]

    def test_scene_to_file_to_result(self):
        folder = self.workspace.folder
        self.run_it("shadows/scene", "-s", f"output_folder={folder}")
        scene = folder / "scene_easy_sun30_seed0.nc"
        self.assertTrue(scene.is_file())
        opened = self.latent("probe", "-", "shadows/open", "-s", f"input={scene}", "--json")
        self.assertEqual(opened.returncode, DONE, opened.stderr)
        self.assertIn("MethaneAIR/MethaneSAT L1B", json.dumps(json.loads(opened.stdout)))
        run = self.run_it("shadows/remove", "-s", "source=file", "-s", f"input={scene}", "-s", f"output_folder={folder}")
        self.assertTrue((folder / "scene_easy_sun30_seed0_unshadowed.nc").is_file())
        for figure in ("rgb", "basis", "scatter", "coverage", "profile", "scores", "errors", "calibration"):
            drawn = self.latent("figure", run, figure, "-o", folder / f"{figure}.csv")
            self.assertEqual(drawn.returncode, DONE, drawn.stderr)
        judged = self.latent("claims", run, "--json")
        self.assertEqual(judged.returncode, DONE, judged.stderr)
        self.assertIn("borders_easy_auto", judged.stdout)
        half = "lit_polygon=[[-1,-1],[99,-1],[99,15.5],[-1,15.5]]"  # shadow is learnt from the run's labels in the other half
        asked = self.latent("probe", run, "shadows/ask", "-s", "x=3", "-s", "y=4", "-s", half, "--json")
        self.assertEqual(asked.returncode, DONE, asked.stderr)
        self.assertIn("spectrum", asked.stdout)
        nobody = self.latent("probe", run, "shadows/ask", "-s", "shadow_polygon=[[40,40],[50,40],[50,50]]", "-s", "lit_polygon=[[40,40],[50,40],[50,50]]", "--json")
        self.assertEqual(nobody.returncode, DONE, nobody.stderr)  # outside the image nothing is painted
        few = self.latent("probe", run, "shadows/ask", "-s", "shadow_polygon=[[-1,-1],[1.5,-1],[1.5,1.5],[-1,1.5]]", "--json")
        self.assertEqual(few.returncode, FAILED, few.stderr)
        self.assertIn("pixels are labelled shadow", few.stderr)

    def test_what_is_refused(self):
        folder = self.workspace.folder
        (folder / "empty.nc").write_bytes(b"")
        (folder / "noise.nc").write_bytes(b"nothing that is known")
        (folder / "cut.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", 70) + b"{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9, 9), }".ljust(69) + b"\n")
        for name, *words in (("empty.nc", "0 bytes"), ("noise.nc", "noise.hdr"), ("cut.npy", "need 2916")):
            self.refuses(WRONG, [name, *words], "run", "shadows/remove", "-s", "source=file", "-s", f"input={folder / name}")
        self.refuses(WRONG, ["'input'"], "run", "shadows/remove", "-s", "source=file")
        self.refuses(WRONG, ["'lit_regions'"], "run", "shadows/remove", "-s", "labels=regions")


if __name__ == "__main__":
    main()
