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
        asked = self.latent("probe", run, "shadows/ask", "-s", "x=3", "-s", "y=4", "-s", "band=1651", "-s", half, "--json")
        self.assertEqual(asked.returncode, DONE, asked.stderr)
        self.assertIn("spectrum", asked.stdout)
        # Any band, not only those whose images the run keeps: the nearest of 32 from 1592 to 1680 nm.
        self.assertAlmostEqual(json.loads(asked.stdout)["values"]["shown_band"], 1592 + 21 * 88 / 31, places=2)
        nobody = self.latent("probe", run, "shadows/ask", "-s", "shadow_polygon=[[40,40],[50,40],[50,50]]", "-s", "lit_polygon=[[40,40],[50,40],[50,50]]", "--json")
        self.assertEqual(nobody.returncode, DONE, nobody.stderr)  # outside the image nothing is painted
        few = self.latent("probe", run, "shadows/ask", "-s", "shadow_polygon=[[-1,-1],[1.5,-1],[1.5,1.5],[-1,1.5]]", "--json")
        self.assertEqual(few.returncode, FAILED, few.stderr)
        self.assertIn("pixels are labelled shadow", few.stderr)

    def test_a_folder_of_cubes(self):
        folder = self.workspace.folder
        for name in ("granules", "corrected", "pages"):
            (folder / name).mkdir()
        for seed in (1, 2):
            self.run_it("shadows/scene", "-s", f"output_folder={folder / 'granules'}", "-s", f"seed={seed}")
        (folder / "granules.toml").write_text(
            'experiment = "shadows/remove"\nname = "granules"\n[set]\nsource = "file"\nlabels = "sunlight"\nkeep_cube = false\n'
            'output_folder = "corrected"\n[grid]\ninput = { files = "granules/*.nc" }\n')
        swept = self.latent("sweep", "granules.toml")
        self.assertEqual(swept.returncode, DONE, swept.stderr)
        results = sorted(path.name for path in (folder / "corrected").iterdir())
        self.assertEqual(results, [f"scene_easy_sun30_seed{seed}_unshadowed.nc" for seed in (1, 2)])
        listed = self.latent("runs", "sweep:granules", "--limit", "0")
        runs = [line.split()[0] for line in listed.stdout.splitlines() if "shadows/remove" in line.split()]
        self.assertEqual(len(runs), 2, listed.stdout)
        pages = []
        for run in runs:
            page = folder / "pages" / f"{run}.html"
            made = self.latent("report", run, "-o", page)
            self.assertEqual(made.returncode, DONE, made.stderr)
            pages.append(page.read_text())
        for seed in (1, 2):  # each page is of its own file
            self.assertEqual(sum(f"scene_easy_sun30_seed{seed}.nc" in page for page in pages), 1)
        (folder / "granules.toml").write_text((folder / "granules.toml").read_text().replace("*.nc", "*.h5"))
        none = self.latent("sweep", "granules.toml")
        self.assertEqual(none.returncode, BAD_REQUEST, none.stderr)
        self.assertIn("there is none", none.stderr)

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
