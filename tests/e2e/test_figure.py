#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures from the command line: their numbers always, pictures and reports with pictures where the renderer is built."""
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess

from workbench import BAD_REQUEST, DONE, PATIENCE_S, PROGRAM, REFUSED, Case, main

RENDERER = pathlib.Path(PROGRAM).parent / "latent-workbench"


class Figure(Case):
    def theory(self):
        ended = self.latent("run", "sim/theory", "-p", "smoke", "-s", "w0=[[0.02,0.018],[0.018,0.02]]", "-s", "mu=1,2")
        if ended.returncode == BAD_REQUEST:
            self.skipTest("The plugin concept_space is not built here.")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return self.workspace.runs()[-1]

    def test_numbers_need_no_renderer(self):
        run = self.theory()
        out = self.workspace.folder / "losses.csv"
        made = self.latent("figure", run, "losses", "-o", out)
        self.assertEqual(made.returncode, DONE, made.stderr)
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        self.assertGreater(len(rows), 20)
        numbers = [float(cell) for row in rows[1:] for cell in row if re.fullmatch(r"[-+0-9.e]+", cell)]
        # OOD loss at t = 0 of W0 = [[w, rw], [rw, w]], w = .02, rw = .018: the closed form.
        start = 0.5 * ((0.02 * 1 + 0.018 * 2 - 1) ** 2 + (0.018 * 1 + 0.02 * 2 - 2) ** 2)
        self.assertTrue(any(abs(x - start) < 1e-12 for x in numbers), start)

    def test_lists_what_there_is(self):
        listed = self.latent("figure", self.theory(), "--json")
        self.assertEqual(listed.returncode, DONE, listed.stderr)
        self.assertIn("losses", [view["name"] for view in json.loads(listed.stdout)])

    def test_wrong_words(self):
        run = self.theory()
        self.refuses((BAD_REQUEST,), ["lossess", "losses"], "figure", run, "lossess", "-o", "x.csv")
        self.refuses((BAD_REQUEST,), ["--cursor", "frame"], "figure", run, "losses", "-o", "x.csv", "--cursor", "frame")
        taken = self.workspace.folder / "taken.csv"
        taken.write_text("mine", encoding="utf-8")
        self.refuses((BAD_REQUEST,), ["taken.csv", "--replace"], "figure", run, "losses", "-o", taken)
        self.assertEqual(taken.read_text(encoding="utf-8"), "mine")

    def test_pictures(self):
        run = self.theory()
        if not RENDERER.exists():
            self.refuses((REFUSED,), ["latent-workbench", ".csv"], "figure", run, "losses", "-o", "losses.pdf")
            return
        for ending, begin in ((".pdf", b"%PDF"), (".png", b"\x89PNG"), (".svg", b"<?xml")):
            out = self.workspace.folder / ("losses" + ending)
            made = self.latent("figure", run, "losses", "-o", out)
            self.assertEqual(made.returncode, DONE, made.stderr)
            self.assertTrue(out.read_bytes().startswith(begin))

    def test_report_holds_its_pictures(self):
        run = self.theory()
        out = self.workspace.folder / "report.html"
        made = self.latent("report", run, "-o", out)
        self.assertEqual(made.returncode, DONE, made.stderr)
        html = out.read_text(encoding="utf-8")
        self.assertNotIn("<script", html)
        pictures = html.count("data:image/svg+xml;base64,")
        self.assertEqual(pictures > 0, RENDERER.exists())

    def test_metrics_are_figures_as_in_the_window(self):
        ended = self.latent("run", "misbehave/ok")
        if ended.returncode == BAD_REQUEST:
            self.skipTest("The fixture plugin is not built here.")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        run = self.workspace.runs()[-1]
        listed = self.latent("figure", run, "--json")
        views = {view["name"]: view for view in json.loads(listed.stdout)}
        self.assertIn("metric_loss", views)
        self.assertEqual(views["metric_loss"]["group"], "Metrics")
        out = self.workspace.folder / "loss.csv"
        self.assertEqual(self.latent("figure", run, "metric_loss", "-o", out).returncode, DONE)
        with out.open(encoding="utf-8", newline="") as file:
            self.assertGreater(len(list(csv.reader(file))), 2)
        if RENDERER.exists():
            made = self.latent("figure", run, "metric_loss", "-o", self.workspace.folder / "loss.svg")
            self.assertEqual(made.returncode, DONE, made.stderr)

    def test_sweep_that_waits(self):
        sweep = self.workspace.folder / "wait.toml"
        sweep.write_text('experiment = "misbehave/ok"\nseeds = 2\n', encoding="utf-8")
        made = self.latent("sweep", sweep, "--queue", "--json")
        if made.returncode != DONE:
            self.skipTest("misbehave/ok takes no seeds: " + made.stderr)
        run = pathlib.Path(json.loads(made.stdout)["run"])
        self.assertEqual(self.workspace.show(run)["state"], "queued")


class DecimalComma(Case):
    def test_numbers_of_the_window_have_a_point(self):
        """Qt takes over the user's locale; what the window writes for programs stays readable."""
        if not RENDERER.exists() or not shutil.which("localedef"):
            self.skipTest("This needs the window, and localedef for a locale of its own.")
        locales = self.workspace.folder / "locales"
        locales.mkdir()
        subprocess.run(["localedef", "-c", "-i", "de_DE", "-f", "UTF-8", locales / "de_DE.UTF-8"], capture_output=True)
        comma = {**self.home.environment, "LOCPATH": str(locales), "LC_ALL": "de_DE.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        written = subprocess.run(["printf", "%.1f", "1"], env=comma, capture_output=True, text=True).stdout
        if written != "1,0":
            self.skipTest("The locale sources (package locales) are not installed.")
        started = subprocess.run([RENDERER, self.workspace.folder, "--report-start", "--safe-mode"], env=comma, capture_output=True,
                                 text=True, timeout=PATIENCE_S)
        self.assertEqual(started.returncode, DONE, started.stderr)
        self.assertGreater(json.loads(started.stdout)["resident_mb"], 1)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
