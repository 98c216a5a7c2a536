#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""latent.py on run directories made by hand (the format, hostile ones too) and on runs of the program in LATENT_PROGRAM.

Exit code 77 with a sentence where this Python lacks h5py, numpy or xarray.
"""
import hashlib
import io
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

try:
    import h5py
    import numpy as np
    import xarray
except ImportError as error:
    print(f"Skipped: this Python has no {error.name}; give one that has by -DLATENT_TEST_PYTHON=…")
    sys.exit(77)
import latent

PROGRAM = os.environ.get("LATENT_PROGRAM", "")


def sealed(fill):
    """An HDF5 file as the engine leaves it, and the SHA-256 that its seal covers."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        fill(file)
    data = memory.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return data + f"\nLATENT-SEAL 1 {digest} {'0' * 64}\n".encode(), digest


class Folder:
    """A run directory written by hand."""

    def __init__(self, path, experiment="sim/theory"):
        self.path = pathlib.Path(path)
        (self.path / "segments").mkdir(parents=True)
        request = {"experiment": experiment, "parameters": {"mu": [1, 2], "steps": 100}, "seed": 0}
        (self.path / "request.json").write_text(json.dumps(request))
        self.array("time", [{"name": "time", "size": None}])
        self.array("weights", [{"name": "time", "size": None}, {"name": "row", "size": 2}], dtype="f32")
        self.array("row", [{"name": "row", "size": 2}], units="")
        self.array("total", [], dtype="i64")

    def raw(self, data):
        with open(self.path / "events.ndjson", "ab") as file:
            file.write(data)
            return file.tell()

    def event(self, kind, **fields):
        return self.raw(json.dumps({"type": kind, "t": 1.0, **fields}).encode() + b"\n")

    def array(self, name, dims, dtype="f64", units="s", **more):
        self.event("array", spec={"name": name, "dtype": dtype, "dims": dims, "units": units, "label": name.title(), **more})

    def segment(self, number, start, count, scale=1.0, kind="commit", announce=True, **fields):
        """Rows start … start + count of time and weights, as many values of one metric, and the two fixed arrays."""
        rows = np.arange(start, start + count)

        def fill(file):
            file["arrays/time"] = scale * rows.astype("f8")
            file["arrays/weights"] = scale * np.stack([rows, rows + 0.5], 1).astype("f4")
            file["arrays/row"] = np.array([10.0, 20.0])
            file["arrays/total"] = np.int64(start + count)
            file["metrics/loss/step"] = rows.astype("i8")
            file["metrics/loss/value"] = scale / (1.0 + rows)
        data, digest = sealed(fill)
        (self.path / "segments" / f"{number:06d}.h5").write_bytes(data)
        event = {"segment": f"{number:06d}", "level": 0, "sha256": digest, "bytes": len(data), "metrics": {"loss": [start, count]},
                 "rows": {"time": [start, count], "weights": [start, count], "row": [0, 1], "total": [0, 1]}, **fields}
        return self.event(kind, **event) if announce else event


class ByHand(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Folder(pathlib.Path(self.temporary.name) / "runs" / "2026-11-23T081502-sim-theory-3f2a9c0b1e")

    def open(self):
        return latent.open(self.folder.path)

    def refuses(self, words, action, exit=3):
        with self.assertRaises(latent.LatentError) as caught:
            action()
        self.assertIn(words, str(caught.exception))
        self.assertEqual(caught.exception.exit, exit)

    def test_segments_join_and_merge_in_place(self):
        for number, start in enumerate((0, 3, 6)):
            self.folder.segment(number + 1, start, 3)
        self.folder.segment(4, 0, 6, kind="merge", **{"from": ["000001", "000002"]})
        for name in ("000001", "000002"):
            (self.folder.path / "segments" / f"{name}.h5").unlink()
        run = self.open()
        self.assertEqual(run.arrays, ["time", "weights", "row", "total"])
        weights = run["weights"]
        self.assertEqual(weights.dims, ("time", "row"))
        np.testing.assert_array_equal(weights, np.stack([np.arange(9), np.arange(9) + 0.5], 1))
        np.testing.assert_array_equal(weights["time"], np.arange(9))
        np.testing.assert_array_equal(weights["row"], [10, 20])
        self.assertEqual((weights.dtype, weights.units, weights.long_name), (np.float32, "s", "Weights"))
        self.assertEqual(int(run["total"]), 9)
        loss = run.metric("loss")
        np.testing.assert_array_equal(loss["step"], np.arange(9))
        np.testing.assert_array_equal(run.metrics()["loss"], 1 / (1.0 + np.arange(9)))
        self.assertEqual(run.dataset().sizes, {"time": 9, "row": 2})
        self.assertEqual(run.parameters["steps"], 100)

    def test_words_for_categories(self):
        self.folder.array("row", [{"name": "row", "size": 2}])  # again, as a resumed run does: the first declaration holds
        self.folder.array("kind", [{"name": "time", "size": None}], dtype="i32", categories=["none", "some", "all"])
        self.folder.array("node", [{"name": "node", "size": 3}], dtype="i32")
        self.folder.array("node", [{"name": "node", "size": 3}], dtype="i32", categories=["00", "01"])
        self.folder.array("node_loss", [{"name": "node", "size": 3}], categories=["no", "words", "of fractions"])

        def fill(file):
            file["arrays/kind"] = np.array([2, 0, 1], "i4")
            file["arrays/node"] = np.arange(3, dtype="i4")
            file["arrays/node_loss"] = np.array([0.5, 0.25, 0.125])
        data, digest = sealed(fill)
        (self.folder.path / "segments/000001.h5").write_bytes(data)
        self.folder.event("commit", segment="000001", sha256=digest, rows={"kind": [0, 3], "node": [0, 1], "node_loss": [0, 1]})
        run = self.open()
        np.testing.assert_array_equal(run["kind"], [2, 0, 1])
        self.assertEqual(run["kind"].attrs["categories"], ["none", "some", "all"])
        self.assertEqual(float(run["node_loss"].sel(node="01")), 0.25)
        self.assertEqual(list(run["node_loss"]["node"].values), ["00", "01", "2"])  # a value without a word stays what it is
        self.assertNotIn("categories", run["node_loss"].attrs)

    def test_an_attempt_voids_what_came_after_its_checkpoint(self):
        self.folder.event("attempt", number=1, resumes=None, valid_bytes=1 << 20)
        valid = self.folder.segment(1, 0, 4)
        self.folder.segment(2, 4, 4, scale=100.0)
        self.folder.event("figure", name="void", figure={"kind": "lines", "name": "void"})
        run = self.open()
        self.assertEqual(float(run["time"][7]), 700)
        self.folder.raw(b'{"type": "state", "sta')  # torn by a kill; the next writer ends the line
        self.folder.raw(b"\n")
        self.folder.event("attempt", number=2, resumes="000001", valid_bytes=valid)
        (self.folder.path / "segments/000002.h5").unlink()
        self.folder.segment(3, 4, 2, scale=1.0)
        np.testing.assert_array_equal(run["time"], [0, 1, 2, 3, 4, 5])  # it noticed by itself
        self.assertEqual(run.figures, {})
        np.testing.assert_array_equal(self.open()["time"], [0, 1, 2, 3, 4, 5])

    def test_the_first_attempt_voids_the_declarations_too(self):
        self.folder.segment(1, 0, 4)
        self.folder.event("attempt", number=2, resumes=None, valid_bytes=0)
        self.assertEqual(self.open().arrays, [])

    def test_a_resume_of_a_resume(self):
        first = self.folder.segment(1, 0, 2)
        self.folder.segment(2, 2, 2, scale=7.0)
        self.folder.event("attempt", number=2, resumes="000001", valid_bytes=first)
        second = self.folder.segment(3, 2, 2)
        self.folder.segment(4, 4, 2, scale=9.0)
        self.folder.event("attempt", number=3, resumes="000002", valid_bytes=second)
        self.folder.segment(5, 4, 1)
        np.testing.assert_array_equal(self.open()["time"], [0, 1, 2, 3, 4])
        self.folder.event("attempt", number=4, resumes="000001", valid_bytes=first)  # back past both
        np.testing.assert_array_equal(self.open()["time"], [0, 1])

    def test_gathered_and_alone(self):
        self.folder.segment(1, 0, 3)
        live = self.open().dataset()
        specs = list(self.open()._account.now.arrays.values())

        def fill(file):
            for name, value in live.variables.items():
                file[name] = value.values
            file["metrics/loss/step"], file["metrics/loss/value"] = np.arange(3), 1 / (1.0 + np.arange(3))
            for name, value in (("format", "latent-run/1"), ("outputs", json.dumps({"arrays": specs})),
                                ("state", '{"state": "done"}'), ("request", '{"experiment": "sim/theory", "parameters": {"a": 1}}'),
                                ("figures", '[{"kind": "lines", "name": "losses"}]'), ("claims", '[{"id": "x"}]')):
                file.attrs["latent_" + name] = value
        data, digest = sealed(fill)
        (self.folder.path / "run.h5").write_bytes(data)
        self.folder.event("compacted", sha256=digest, digest="", state="done", reason="")
        shutil.rmtree(self.folder.path / "segments")
        run = self.open()
        self.assertEqual(run.state, "done")
        self.assertTrue(live.identical(run.dataset()))
        np.testing.assert_array_equal(run.metric("loss")["value"], 1 / (1.0 + np.arange(3)))
        alone = latent.open(self.folder.path / "run.h5")
        self.assertEqual((alone.state, alone.parameters, list(alone.figures), alone.claims), ("done", {"a": 1}, ["losses"], [{"id": "x"}]))
        np.testing.assert_array_equal(alone["weights"], live["weights"])
        (self.folder.path / "run.h5").write_bytes(data[:-200] + b"x" * 55 + data[-145:])
        self.refuses("damaged", lambda: self.open()["time"])

    def test_large_arrays_stay_on_disk(self):
        self.folder.array("cube", [{"name": "y", "size": 4}, {"name": "x", "size": 5}], large=True)
        (self.folder.path / "arrays").mkdir()
        with h5py.File(self.folder.path / "arrays/cube.h5", "w") as file:
            file["cube"] = np.arange(20.0).reshape(4, 5)
        run = self.open()
        self.assertIn("cube", run.arrays)
        self.assertIsInstance(run["cube"], h5py.Dataset)
        np.testing.assert_array_equal(run["cube"][1:3, 2], [7, 12])
        self.assertNotIn("cube", run.dataset())

    def test_states(self):
        self.assertEqual(self.open().state, "queued")
        self.folder.event("attempt", number=1, resumes=None, valid_bytes=10**9)
        self.assertEqual(self.open().state, "interrupted")  # nobody holds a lease
        machine = pathlib.Path("/etc/machine-id")
        lease = {"host": os.uname().nodename, "machine": machine.read_text().split("\n")[0] if machine.exists() else "", "pid": 1}
        with open(self.folder.path / "worker.json", "w") as file:
            json.dump(lease, file)
            file.flush()
            latent.fcntl.flock(file, latent.fcntl.LOCK_EX)
            self.assertEqual(self.open().state, "running")
            with self.assertRaises(TimeoutError):
                self.open().wait(timeout=0.2)
        self.assertEqual(self.open().state, "interrupted")
        (self.folder.path / "worker-0002.json").write_text(json.dumps({**lease, "host": "another"}))
        self.assertEqual(self.open().state, "elsewhere")
        self.folder.event("state", state="failed", reason="It ran out of memory.", exit=5)
        self.refuses("It ran out of memory.", lambda: self.open().wait(), exit=5)

    def test_hostile_events(self):
        self.folder.raw(b"[" * 100_000 + b"\n" + b"\xff\xfe\n" + b'{"type": 7}\n[]\nnull\n{"type": "array", "spec": 7}\n')
        self.folder.raw(b'{"type": "log", "text": "' + b"x" * (3 << 20) + b'"}\n')
        self.folder.array("../../escape", [])
        self.folder.array("deep", [{"name": "a", "size": None}, {"name": "b", "size": None}])
        for number, fields in enumerate(({"segment": "../../000001"}, {"rows": {"time": ["a", 1]}}, {"rows": 3}, {"metrics": {"..": [0, 1]}},
                                         {"rows": {"time": [0, -1]}}, {"rows": {"time": [True, 1]}})):
            self.folder.event("commit", **{**self.folder.segment(900 + number, 0, 1, announce=False), **fields})
        for odd in ({"type": "merge", "from": [[], {}]}, {"type": "attempt", "valid_bytes": "x"}, {"type": "progress", "fraction": 1e400},
                    {"type": "cell", "index": 0, "run": "../.."}, {"type": "figure", "figure": 1}, {"type": "compacted", "sha256": 3}):
            self.folder.event(odd.pop("type"), **odd)
        self.folder.segment(1, 0, 2)
        run = self.open()
        self.assertEqual([s["segment"] for s in run._account.now.segments], ["000001"])
        np.testing.assert_array_equal(run["time"], [0, 1])
        self.folder.raw(b'{"type": "state", "state": "do')  # not finished: nothing to see yet
        self.assertFalse(run.refresh())

    def test_hostile_files(self):
        secret = pathlib.Path(self.temporary.name) / "secret.h5"
        with h5py.File(secret, "w") as file:
            file["time"] = [42.0, 43.0]

        def outside(file):
            file["arrays/time"] = h5py.ExternalLink(str(secret), "/time")

        def storage(file):
            file.create_dataset("arrays/time", (2,), "f8", external=[(str(secret), 0, 16)])

        def mapped(file):
            layout = h5py.VirtualLayout((2,), "f8")
            layout[:] = h5py.VirtualSource(str(secret), "time", shape=(2,))
            file.create_virtual_dataset("arrays/time", layout)

        def huge(file):
            file.create_dataset("arrays/time", (1 << 40,), "f8", chunks=(1024,))

        def strings(file):
            file["arrays/time"] = [b"a", b"b"]
        for number, fill in enumerate((outside, storage, mapped, huge, strings)):
            with self.subTest(fill.__name__):
                folder = Folder(self.folder.path.parent / f"hostile-{number}")
                data, digest = sealed(fill)
                (folder.path / "segments/000001.h5").write_bytes(data)
                folder.event("commit", segment="000001", sha256=digest, rows={"time": [0, 1 << 40 if fill is huge else 2]}, metrics={})
                self.refuses("does not hold time", lambda: latent.open(folder.path)["time"])
        self.folder.segment(1, 0, 2)
        path = self.folder.path / "segments/000001.h5"
        path.write_bytes(path.read_bytes().replace(np.float64(1).tobytes(), np.float64(2).tobytes()))
        self.refuses("damaged", lambda: self.open()["time"])
        path.unlink()
        self.refuses("is missing", lambda: self.open()["time"])

    def test_gaps_are_refused(self):
        self.folder.segment(1, 0, 2)
        self.folder.segment(2, 3, 2)
        self.refuses("does not hold time as the events say", lambda: self.open()["time"])

    def test_names(self):
        self.folder.segment(1, 0, 2)
        workspace = self.temporary.name
        self.assertEqual(latent.open("3f2a9", workspace).path, self.folder.path)
        self.assertEqual(latent.open("last", workspace).name, self.folder.path.name)
        part = self.folder.path.with_name("2099" + self.folder.path.name[4:])
        part.mkdir()
        (part / "request.json").write_text('{"sweep": {"name": "s"}}')
        self.assertEqual(latent.open("last", workspace).name, self.folder.path.name, "of a sweep's parts nobody asked for one")
        own = self.folder.path.with_name("wd")  # a name of one's own counts by its time, not by its letters
        own.mkdir()
        (own / "request.json").write_text("{}")
        os.utime(own / "request.json", (1e9, 1e9))
        self.assertEqual(latent.open("last", workspace).name, self.folder.path.name)
        os.utime(own / "request.json", (4e9, 4e9))
        self.assertEqual(latent.open("last", workspace).name, "wd")
        self.refuses("fits 0 runs", lambda: latent.open("nothing", workspace), exit=2)
        self.refuses("did you mean 'weights'", lambda: self.open()["weigths"], exit=2)
        self.refuses("has no metric 'los'; it has: loss", lambda: self.open().metric("los"), exit=2)
        self.refuses("is not a run", lambda: latent.open(workspace))

    def test_a_sweep_labels_what_is_not_a_number(self):
        design = {"axes": [{"name": "mu", "values": [[1, 1], [1, 2]]}], "cells": [{"parameters": {"mu": m}} for m in ([1, 1], [1, 2])]}
        (self.folder.path / "request.json").write_text(json.dumps({"experiment": "sim/theory", "kind": "sweep", "design": design}))
        self.folder.array("mu", [{"name": "mu", "size": 2}], dtype="i64", units="")
        self.folder.array("ood_loss", [{"name": "mu", "size": 2}, {"name": "row", "size": 2}])
        data, digest = sealed(lambda file: file.update({"arrays/mu": np.array([0, 1]), "arrays/ood_loss": np.eye(2)}))
        (self.folder.path / "segments/000001.h5").write_bytes(data)
        self.folder.event("commit", segment="000001", sha256=digest, rows={"mu": [0, 1], "ood_loss": [0, 1]}, metrics={})
        self.folder.event("cell", index=1, run="other-run", cell_index=3, state="done", hash="")
        sweep = latent.sweep(self.folder.path)
        self.assertEqual(float(sweep["ood_loss"].sel(mu="[1, 2]")[1]), 1)
        self.assertEqual(list(sweep.cells["state"]), ["waiting", "done"])
        self.assertEqual(tuple(sweep.cells.loc[1][["run", "cell_index"]]), ("other-run", 3))

    def test_an_array_named_as_a_swept_parameter_keeps_its_numbers(self):
        design = {"axes": [{"name": "edges", "values": [[1, 2], [3, 4]]}], "cells": []}
        (self.folder.path / "request.json").write_text(json.dumps({"experiment": "icl/oracle", "kind": "sweep", "design": design}))
        self.folder.array("swept_edges", [{"name": "swept_edges", "size": 2}], dtype="i64", units="", categories=["1, 2", "3, 4"])
        self.folder.array("edges", [{"name": "swept_edges", "size": 2}, {"name": "end", "size": 2}], dtype="i64")
        data, digest = sealed(lambda file: file.update({"arrays/swept_edges": np.array([0, 1]), "arrays/edges": np.eye(2, dtype="i8")}))
        (self.folder.path / "segments/000001.h5").write_bytes(data)
        self.folder.event("commit", segment="000001", sha256=digest, rows={"swept_edges": [0, 1], "edges": [0, 1]}, metrics={})
        found = latent.sweep(self.folder.path).dataset()
        np.testing.assert_array_equal(found["edges"].sel(swept_edges="[3, 4]"), [0, 1])

    def test_toml(self):
        import tomllib
        spec = {"experiment": "sim/theory", "seeds": np.arange(2), "grid": {"mu": [[1, 1.5], [1, 2]], "model": ['a"b\\\n', "ü"], "x": 1e-05}}
        text = "".join(f"{json.dumps(k)} = {latent._toml(v)}\n" for k, v in spec.items())
        self.assertEqual(tomllib.loads(text), {**spec, "seeds": [0, 1]})
        self.refuses("cannot hold None", lambda: latent._toml({"a": None}), exit=2)

    def test_the_notebook_is_valid(self):
        path = pathlib.Path(latent.__file__).with_name("example.ipynb")
        book = json.loads(path.read_text())
        self.assertEqual((book["nbformat"], book["nbformat_minor"]), (4, 5))
        cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        self.assertTrue(all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells))
        for cell in cells:
            source = "".join(cell["source"])
            compile(source, str(path), "exec")
            self.assertLessEqual(len([line for line in source.splitlines() if line.strip()]), 10)


@unittest.skipUnless(os.access(PROGRAM, os.X_OK), "LATENT_PROGRAM names no program")
class WithTheProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = f"{cls.temporary.name}/{kind.lower()}"
        os.environ["LATENT_WORKSPACE"] = cls.temporary.name

    def test_a_finished_run(self):
        run = latent.start("sim/theory", preset="smoke", mu=np.array([1, 2]), wait=True)
        self.assertEqual((run.state, run.parameters["mu"], run.parameters["frames"]), ("done", [1, 2], 20))
        loss = run["ood_loss"]
        self.assertEqual((loss.dims, loss.shape), (("time",), (20,)))
        self.assertTrue((np.diff(loss["time"]) > 0).all())
        self.assertTrue(run.provenance)
        with h5py.File(run.path / "run.h5", "r") as file:
            np.testing.assert_array_equal(file["ood_loss"], loss)
            self.assertIn("time", file["ood_loss"].dims[0].keys() + [file["ood_loss"].dims[0][0].name.strip("/")])
        engines = [engine for engine, module in (("netcdf4", "netCDF4"), ("h5netcdf", "h5netcdf")) if latent._optional(module)]
        if not engines:
            with self.subTest("xarray"): self.skipTest("xarray has neither netCDF4 nor h5netcdf here")
        for engine in [None, *engines] if engines else []:
            with self.subTest(engine), xarray.open_dataset(run.path / "run.h5", engine=engine) as data:
                np.testing.assert_array_equal(data["ood_loss"], loss)
                self.assertEqual(data["ood_loss"].dims, ("time",))
        with self.subTest("dataset"):
            whole = run.dataset()
            self.assertEqual(sorted(whole.variables), sorted(run.arrays))
            np.testing.assert_array_equal(whole["weights"], run["weights"])
        if latent._optional("matplotlib"):
            for figure, view in run.figures.items():
                if view["kind"] in ("lines", "points", "trajectory", "heatmap"):
                    with self.subTest(figure):
                        axes = run.plot(figure, frame=3)
                        self.assertTrue(axes.lines or axes.images)
        rows = latent.runs("state=done")
        self.assertIn(run.name, list(rows["id"] if latent.pandas is not None else [row["id"] for row in rows]))

    def test_a_probe(self):
        answer = latent.probe(None, "sim/solve", mu=[1, 2])
        self.assertTrue(answer)
        run = latent.start("sim/theory", preset="smoke", wait=True)
        arrays = {name: value for name, value in latent.probe(run, "sim/solve").items() if isinstance(value, xarray.DataArray)}
        self.assertTrue(arrays)
        self.assertTrue(all(np.isfinite(value).any() for value in arrays.values()))

    def test_errors_are_the_programs_sentences(self):
        with self.assertRaises(latent.LatentError) as caught:
            latent.start("sim/theory", preset="smoke", stpes=10)
        self.assertEqual(caught.exception.exit, 2)
        self.assertIn("steps", str(caught.exception))
        for refused in (lambda: latent.start("sim/theory", sigmaa=1, stpes=10),
                        lambda: latent.start_sweep({"experiment": "sim/theory", "grid": {"sigmaa": [1, 2], "steps": [0]}})):
            with self.assertRaises(latent.LatentError) as caught:
                refused()
            for word in ("sigmaa", "did you mean", "steps" if "stpes" not in str(caught.exception) else "stpes"):
                self.assertIn(word, str(caught.exception))
        with self.assertRaises(latent.LatentError):
            latent.start_sweep({"experiment": "sim/none"}, wait=True)
        self.assertEqual(latent._sets({"mu": [np.int64(1), np.float64(2.5)]}), ["--set=mu=[1, 2.5]"])

    def test_a_running_run_that_is_killed_and_resumed(self):
        run = latent.start("sim/train", preset="smoke", epochs=60000, frame_spacing="linear", frames=50, samples_per_cluster=1000,
                           ood_every=1000, options=("--threads", "1", "--checkpoint-every", "1"))
        self.addCleanup(self.kill, run)
        end = time.monotonic() + 60
        while run.state in ("queued", "running") and not run._account.now.segments:
            self.assertLess(time.monotonic(), end, "nothing was committed in a minute")
            time.sleep(0.05)
        self.assertEqual(run.state, "running")
        before = run.metric("train_loss")
        self.assertGreater(len(before["step"]), 0)
        self.kill(run)
        self.assertEqual(run.state, "interrupted")
        dead = run.metric("train_loss")
        latent._call(["resume", str(run.path), "--detach"])
        while run.state == "interrupted":  # until the new worker holds the lease
            self.assertLess(time.monotonic(), end + 60, "nobody resumed it in a minute")
            time.sleep(0.05)
        if run.state == "running":
            latent._call(["stop", str(run.path)])
        run.wait(timeout=60)
        kept = run.metric("train_loss")  # bit-identical as far as both go
        both = min(len(dead["step"]), len(kept["step"]))
        np.testing.assert_array_equal(np.asarray(dead["value"])[:both], np.asarray(kept["value"])[:both])
        self.assertGreater(both, 0)

    def test_segments_and_run_h5_hold_the_same(self):
        run = latent.start("sim/theory", preset="smoke", steps=100_000, frames=10_000, dim=8, wait=False)
        views = []
        while run.state in ("queued", "running"):
            if "ood_loss" in run.arrays and run._gathered() is None:
                views.append(run["ood_loss"])
        final = run.wait()["ood_loss"]
        for view in views:
            np.testing.assert_array_equal(view, final[:len(view)])

    def test_a_sweep(self):
        sweep = latent.start_sweep({"experiment": "sim/theory", "preset": "smoke", "grid": {"mu": [[1, 1], [1, 2]]}, "seeds": 2}, wait=True)
        self.assertEqual(sweep.state, "done")
        loss = sweep["ood_loss"]
        self.assertEqual((loss.dims, loss.shape), (("mu", "seed", "time"), (2, 2, 20)))
        self.assertEqual(len(sweep.cells), 4)
        self.assertEqual(set(sweep.cells["state"]), {"done"})
        cell = sweep.cell(3)
        own = cell["ood_loss"]
        own = own[int(sweep.cells.loc[3]["cell_index"])] if own.ndim == 2 else own
        np.testing.assert_array_equal(own, loss.sel(mu="[1, 2]", seed=1))

    def kill(self, run):
        """Supervisor and computing child, by the ids that the lease and /proc give."""
        leases = sorted(run.path.glob("worker*.json"), key=lambda p: int(p.name[7:-5] or 1))
        parent = json.loads(leases[-1].read_text())["pid"] if leases and run._worker() == "running" else None
        if parent:
            children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            for pid in [parent, *map(int, children)]:
                os.kill(pid, signal.SIGKILL)
            end = time.monotonic() + 10
            while run._worker() == "running" and time.monotonic() < end:
                time.sleep(0.02)


if __name__ == "__main__":
    unittest.main()
