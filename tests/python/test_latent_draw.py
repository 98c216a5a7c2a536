#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What latent.py draws: the numbers that reach matplotlib, of runs, of sweeps and of their cells.

The axes here only take down what they are given, so that no matplotlib is needed. Exit code 77 with a sentence where this
Python lacks h5py, numpy or xarray.
"""
import os
import sys
import tempfile
import unittest

try:
    import h5py  # noqa: F401
    import numpy as np
    import xarray
except ImportError as error:
    print(f"Skipped: this Python has no {error.name}; give one that has by -DLATENT_TEST_PYTHON=…")
    sys.exit(77)
import latent
import latent_draw

PROGRAM = os.environ.get("LATENT_PROGRAM", "")


class Axes:
    """Takes down lines and images, and refuses what matplotlib refuses."""

    def __init__(self):
        self.lines, self.images, self.title, self.figure = [], [], "", self

    def plot(self, x, y, style, label=None):
        x, y = np.asarray(x), np.asarray(y)
        if x.ndim > 2 or y.ndim > 2 or x.shape[0] != y.shape[0]:
            raise ValueError(f"x {x.shape}, y {y.shape}")
        self.lines.append((x, y))

    def imshow(self, values, **_):
        if values.ndim != 2:
            raise TypeError(f"{values.shape}")
        self.images.append(values)

    def colorbar(self, *_, **__): pass
    def fill_between(self, *_, **__): pass
    def set(self, **_): pass
    def legend(self): pass
    def get_legend_handles_labels(self): return [], []
    def set_title(self, title): self.title = title


class One(dict):
    """A run of arrays that are all there is of it."""
    request = {}
    cell_index = None
    def _declared(self): return self


class Cursors(unittest.TestCase):
    def test_rest_at_the_first_of_words_and_at_the_end_of_numbers(self):
        values = xarray.DataArray(np.arange(6).reshape(2, 3), dims=("set", "time"), coords={"set": ["id", "ood"], "time": [0.0, 0.5, 1.0]})
        selection = {"array": "kl", "select": {"set": {"cursor": "set"}, "time": {"cursor": "frame"}}}
        run = One(kl=values)
        self.assertEqual(latent_draw.pick(run, selection, {})[0], 2)
        self.assertEqual(latent_draw.pick(run, selection, {"set": -1, "frame": 0})[0], 3)
        self.assertEqual(latent_draw.pick(run, selection, {"set": 7})[0], 5, "beyond the end is the end, as on the desktop")
        values["time"].attrs["rest"] = 0.4
        self.assertEqual(latent_draw.pick(run, selection, {})[0], 1)

    def test_an_index_a_value_a_slice(self):
        run = One(x=xarray.DataArray(np.arange(4) * 10, dims=("time",), coords={"time": [0.0, 0.5, 1.0, 1.5]}))
        for how, wanted in (({"value": 0.6}, 10), (2, 20), ({"slice": [1, 4, 2]}, [10, 30])):
            np.testing.assert_array_equal(latent_draw.pick(run, {"array": "x", "select": {"time": how}}, {})[0], wanted)


@unittest.skipUnless(os.access(PROGRAM, os.X_OK), "LATENT_PROGRAM names no program")
class WithTheProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = f"{cls.temporary.name}/{kind.lower()}"
        os.environ["LATENT_WORKSPACE"] = cls.temporary.name

    def theory(self, **grid):
        return latent.start_sweep({"experiment": "sim/theory", "preset": "smoke", "grid": grid, "seeds": 2}, wait=True)

    def drawn(self, run, figure, **cursors):
        return run.plot(figure, Axes(), **cursors)

    def test_one_cell_of_a_sweep(self):
        sweep = self.theory(mu=[[1, 1], [1, 2], [1, 3]])
        loss = sweep["ood_loss"]
        for places, wanted in (({}, loss[0, 0]), ({"mu": 2, "seed": 1}, loss[2, 1]), ({"mu": -1}, loss[2, 0])):
            axes = self.drawn(sweep, "losses", **places)
            x, y = axes.lines[0]
            np.testing.assert_array_equal(y, wanted)
            np.testing.assert_array_equal(x, sweep["time"])
        self.assertIn("mu [1, 3], seed 0", self.drawn(sweep, "losses", mu=2).title)
        for name, view in sweep.figures.items():
            if view["kind"] in latent_draw.KINDS:
                axes = self.drawn(sweep, name)
                self.assertTrue(axes.lines or axes.images, name)
        np.testing.assert_array_equal(self.drawn(sweep, "weight_matrix", mu=1).images[0], sweep["weights"][1, 0, -1])

    def test_a_cell_of_a_batch(self):
        sweep = self.theory(mu=[[1, 1], [1, 2]])
        self.assertTrue(any(sweep.cell(i).cell_index for i in range(4)), "a run of several cells")
        for index in range(4):
            x, y = self.drawn(sweep.cell(index), "losses").lines[0]
            np.testing.assert_array_equal(y, sweep["ood_loss"][index // 2, index % 2])
        np.testing.assert_array_equal(self.drawn(sweep.cell(0), "losses", cell=1).lines[0][1], sweep["ood_loss"][0, 1])

    def test_coordinates_that_differ_between_cells(self):
        sweep = self.theory(t_end=[2.0, 5.0])
        for place, end in ((0, 2), (1, 5)):
            for figure in ("losses", "speed"):
                self.assertEqual(self.drawn(sweep, figure, t_end=place).lines[0][0][-1], end, figure)

    def test_what_is_not_drawn(self):
        run = latent.start("sim/theory", preset="smoke", wait=True)
        for name, words in (("swing_bys", "swing_bys is histogram"), ("nothing", "has no figure 'nothing'; it has: losses")):
            with self.assertRaisesRegex(latent.LatentError, words):
                self.drawn(run, name)


if __name__ == "__main__":
    unittest.main()
