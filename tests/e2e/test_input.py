#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people and files get wrong: exit code 2 or 3, a sentence that names the thing, and nothing half-written."""
import json
import os
import pathlib
import shutil
import subprocess

from workbench import BAD_REQUEST, DONE, PROGRAM, REFUSED, Case, main

WRONG = (BAD_REQUEST, REFUSED)


class Parameters(Case):
    def wrong(self, assignment, *words):
        self.refuses(WRONG, words, "run", "sim/theory", "-s", assignment)

    def test_unknown_parameter(self):
        self.wrong("sigmma=0.1", '"sigmma"', 'did you mean "sigma"?')

    def test_wrong_type(self):
        self.wrong("steps=many", "steps", "many", "whole number")
        self.wrong("steps=1.5", "steps", "1.5")
        self.wrong("bias=maybe", "bias", "true or false")
        self.wrong("model=symetric", "model", 'did you mean "symmetric"?')
        self.wrong("mu=[1,", "mu", "JSON")

    def test_out_of_range(self):
        self.wrong("steps=0", "steps", "from 1 to")
        self.wrong("mu=[1,2000]", "mu", "2000", "entry 2")
        self.wrong("mu=[1,2,3]", "mu", "3 entries", "dim")
        self.wrong("sigma=0.1,-1", "sigma", "-1")

    def test_not_a_number(self):
        for value in ("nan", "NaN", "-nan"):
            self.wrong("t_end=" + value, "t_end")
        self.wrong("t_end=inf", "t_end", "infinity")
        self.wrong("t_end=1e999", "t_end")
        self.wrong("mu=1,nan", "mu")

    def test_matrix_of_the_wrong_shape(self):
        """A shape that only the plugin knows is refused before there is a run."""
        for matrix in ("[[1,0,0],[0,1,0]]", "[[1,0],[0]]", "[[1,0]]", "[[1,0],[0,null]]"):
            self.wrong("w0=" + matrix, "w0", "2 by 2")
        self.wrong("w0=banana", "w0", "banana")

    def test_what_only_the_solver_knows(self):
        """Refused before there is a run, not by a run that fails."""
        self.wrong("steps=100", "frames is 200", "steps")
        self.wrong("w0=[[1,2],[3,4]]", "w0", "not symmetric")
        self.wrong("w0=linear", "w0", "not symmetric")
        self.wrong("w0=[[1,2],[2,1]]", "w0", "negative eigenvalue")
        self.refuses(WRONG, ["exponent", "bias"], "run", "sim/theory", "-s", "model=one_layer", "-s", "bias=true", "-s", "exponent=2")

    def test_training_data_that_cannot_be(self):
        self.refuses(WRONG, ["mu has 3 entries", "dim"], "run", "sim/train", "-s", "dim=2", "-s", "mu=1,2,3")
        for experiment in ("sim/train", "sim/clusters"):
            self.refuses(WRONG, ["truncation", "mu"], "run", experiment, "-s", "mu=1", "-s", "truncation=true", "-s", "variance=0")
        self.refuses(WRONG, ["frames is 200"], "run", "sim/train", "-p", "smoke", "-s", "frame_spacing=log")

    def test_exclusive_parameters(self):
        self.refuses(WRONG, ["sigma", "variance"], "run", "sim/theory", "-s", "sigma=0.1", "-s", "variance=0.1")

    def test_assignment_without_a_value(self):
        self.wrong("sigma", "name=value", "sigma")


class Words(Case):
    def test_unknown_experiment(self):
        self.refuses(WRONG, ['"sim/theroy"', 'did you mean "sim/theory"?'], "run", "sim/theroy")
        self.refuses(WRONG, ["nothing-like-it"], "run", "nothing-like-it")
        self.refuses(WRONG, ['""'], "run", "")

    def test_unknown_preset(self):
        self.refuses(WRONG, ['"lapdop"', 'did you mean "laptop"?'], "run", "sim/theory", "--preset", "lapdop")

    def test_unknown_run(self):
        for verb in ("show", "resume", "pause", "stop", "check"):
            self.refuses(WRONG, ["no-such-run"], verb, "no-such-run")

    def test_unknown_verb(self):
        self.refuses(WRONG, ['"shwo"', 'did you mean "show"?'], "shwo")
        self.refuses(WRONG, ['"frobnicate"', "--help"], "frobnicate", "x")

    def test_unknown_device(self):
        self.refuses(WRONG, ['"tpu"', "cuda"], "run", "misbehave/ok", "--device", "tpu")
        self.refuses(WRONG, ['"cuda:x"'], "run", "misbehave/ok", "--device", "cuda:x")

    def test_a_device_that_an_experiment_does_not_compute_on(self):
        for device in ("cuda", "cuda:1"):
            self.refuses((BAD_REQUEST,), ["misbehave/ok computes on the CPU only", f'"{device}"'], "run", "misbehave/ok", "--device", device)
        self.assertEqual(self.latent("run", "misbehave/ok", "--device", "cpu").returncode, DONE)

    def test_limits_that_are_none(self):
        for flag in ("--memory-limit", "--time-limit", "--checkpoint-every"):
            for value in ("nan", "inf", "-3", "0", "much"):
                ended = self.latent("run", "misbehave/ok", flag, value)
                self.assertEqual(ended.returncode, BAD_REQUEST, f"{flag} {value}")
                self.assertIn(flag, ended.stderr)
                self.assertIn(value, ended.stderr)
                self.assertLess(len(ended.stderr), 300)
        self.assertEqual(self.workspace.runs(), [])


class Folders(Case):
    """Root may write anywhere that has a mode, so files stand where folders should be, and /proc takes nothing."""

    def setUp(self):
        super().setUp()
        self.file = self.workspace.folder / "a-file"
        self.file.write_text("mine")

    def test_workspace(self):
        ended = self.refuses(WRONG, ["a-file"], "--workspace", self.file, "run", "misbehave/ok")
        self.assertIn("--workspace", ended.stderr)
        self.refuses(WRONG, ["/proc/runs"], "--workspace", "/proc", "run", "misbehave/ok")
        self.assertEqual(os.listdir(self.workspace.folder), ["a-file"])

    def test_out(self):
        for out, named in ((self.file, self.file), (self.file / "below", self.file), ("/proc/latent-run", "/proc/latent-run")):
            self.refuses(WRONG, [str(named)], "run", "misbehave/ok", "--out", out)
        self.assertEqual(self.file.read_text(), "mine")

    def test_places_for_results(self):
        made = self.latent("run", "misbehave/ok")
        self.assertEqual(made.returncode, DONE, made.stderr)
        below = self.file / "below"
        for place, words in ((below, ("export", "last", "--out", below)), (below, ("report", "last", "-o", below / "r.html")),
                             (self.file, ("export", "last", "--out", self.file)), (self.file, ("run", "misbehave/ok", "-o", self.file)),
                             (self.file, ("probe", "-", "sim/solve", "--out", self.file))):
            ended = self.refuses((REFUSED,), [str(place), "not a folder"], *words)
            self.assertNotIn(".tmp-", ended.stderr, "nobody asked for a temporary file")
        folder = self.workspace.folder / "folder"
        folder.mkdir()
        for words in (("report", "last", "-o", folder), ("figure", "last", "loss", "-o", folder)):
            self.refuses((REFUSED,), [str(folder), "it is a folder"], *words)
        absent = folder / "absent"
        for words in (("report", "last", "-o", absent / "r.html"), ("figure", "last", "metric_loss", "-o", absent / "loss.csv")):
            self.refuses((REFUSED,), [str(absent), "does not exist"], *words)
        self.assertEqual(self.latent("export", "last", "--out", folder).returncode, DONE, "one that is there is taken")
        self.assertEqual(self.file.read_text(), "mine")

    def test_out_is_not_empty(self):
        full = self.workspace.folder / "full"
        full.mkdir()
        (full / "thesis.tex").write_text("years")
        self.refuses(WRONG, [str(full), "not empty"], "run", "misbehave/ok", "--out", full)
        self.assertEqual(os.listdir(full), ["thesis.tex"])

    def test_sweep(self):
        spec = self.workspace.folder / "s.toml"
        spec.write_text('experiment = "sim/theory"\n[grid]\nsteps = [10, 20]\n[set]\nframes = 5\n')
        self.assertEqual(self.latent("--workspace", self.file, "sweep", spec).returncode, REFUSED)
        self.assertEqual(self.file.read_text(), "mine")


class RunFiles(Case):
    made = None

    def setUp(self):
        super().setUp()
        if RunFiles.made is None:
            self.assertEqual(self.latent("run", "misbehave/ok", "-o", self.home.folder / "made").returncode, DONE)
            RunFiles.made = self.home.folder / "made"
        self.run_folder = self.workspace.folder / "runs" / "2026-01-01T000000-misbehave-ok-0123456789"
        shutil.copytree(RunFiles.made, self.run_folder)
        self.file = self.run_folder / "run.h5"

    def damaged(self, data):
        self.file.write_bytes(data)
        for verb in ("show", "export"):
            more = ("--out", self.workspace.folder / "out") if verb == "export" else ()
            self.refuses((REFUSED,), ["run.h5"], verb, self.run_folder, *more)
        page = self.workspace.folder / "report.html"
        self.refuses((REFUSED,), ["run.h5"], "report", self.run_folder, "-o", page)
        self.assertIn("cannot be shown", page.read_text(), "the page says it too")
        page.unlink()
        for what in (self.run_folder, self.file):
            checked = self.latent("check", what)
            self.assertEqual(checked.returncode, REFUSED, checked.stdout)
            self.assertIn("run.h5", checked.stdout + checked.stderr)
            said = checked.stdout.splitlines()
            self.assertEqual(len(said), len(set(said)), "check says a thing once")
        listed = self.latent("runs")
        self.assertEqual(listed.returncode, DONE, "one bad file must not hide the other runs")

    def test_truncated(self):
        whole = self.file.read_bytes()
        for length in (0, 1, 100, 2000, len(whole) // 2):
            with self.subTest(length=length):
                self.damaged(whole[:length])
        self.file.write_bytes(whole[:-1])  # only the seal has suffered
        self.refuses((REFUSED,), ["run.h5"], "show", self.run_folder)

    def test_no_hdf5(self):
        self.damaged(bytes(range(256)) * 40)

    def test_of_another_program(self):
        """A good HDF5 file that is no run of ours is told from a damaged one of ours."""
        self.damaged((pathlib.Path(__file__).parent / "data" / "foreign.h5").read_bytes())

    def test_changed_byte(self):
        data = bytearray(self.file.read_bytes())
        data[len(data) // 2] ^= 0x10
        self.file.write_bytes(data)
        checked = self.latent("check", self.run_folder)
        self.assertEqual(checked.returncode, REFUSED, checked.stdout)
        self.assertIn("run.h5", checked.stdout + checked.stderr)

    def test_foreign(self):
        """Another user's file is read, in a child, and said to be theirs."""
        other = {**self.home.environment, "XDG_STATE_HOME": str(self.workspace.folder / "other")}
        for verb, what in (("check", self.file), ("show", self.run_folder)):
            ended = subprocess.run([PROGRAM, verb, what], env=other, cwd=self.workspace.folder, capture_output=True, text=True,
                                   timeout=120)
            self.assertEqual(ended.returncode, DONE, ended.stderr)
            if verb == "check":
                self.assertIn("not sealed by this user", ended.stdout)

    def test_named_by_its_file(self):
        whole = self.workspace.show(self.run_folder)
        for file in ("run.h5", "request.json"):
            self.assertEqual(self.workspace.show(self.run_folder / file)["arrays"], whole["arrays"])

    def test_last_of_one_second(self):
        """Names are alike up to the second: the last is the one that was asked for last."""
        twin = self.run_folder.with_name(self.run_folder.name.replace("0123456789", "0000000000"))
        shutil.copytree(self.run_folder, twin)
        os.utime(self.run_folder / "request.json", (1, 1))
        self.assertEqual(self.workspace.show("last")["run"], str(twin))
        os.utime(twin / "request.json", (0, 0))
        self.assertEqual(self.workspace.show("last")["run"], str(self.run_folder))

    def test_last_and_a_name_of_ones_own(self):
        """A name that begins with no date counts by the time of its request, as `latent runs` lists it."""
        own = self.run_folder.with_name("zebra")
        shutil.copytree(self.run_folder, own)
        self.addCleanup(shutil.rmtree, own)
        os.utime(own / "request.json", (1, 1))
        self.assertNotEqual(self.workspace.show("last")["run"], str(own))
        os.utime(own / "request.json", (4e9, 4e9))
        self.assertEqual(self.workspace.show("last")["run"], str(own))

    def test_only_the_file_is_left(self):
        alone = self.workspace.folder / "alone"
        alone.mkdir()
        shutil.copy(self.file, alone)
        shown = self.workspace.show(alone)
        self.assertEqual({a["name"] for a in shown["arrays"]}, {"time", "value"})


class Requests(Case):
    """request.json of somebody else: no verb may crash on it, hang or half-begin a run."""

    def hostile(self, data, *words):
        run = self.workspace.folder / "runs" / "2026-01-01T000000-x-0123456789"
        run.mkdir(parents=True)
        (run / "request.json").write_bytes(data)
        for verb in ("show", "worker", "resume"):
            self.refuses((REFUSED,), ["request.json", *words], verb, run)
            self.assertEqual(os.listdir(run), ["request.json"], f"{verb} left something")
        checked = self.latent("check", run)
        self.assertEqual(checked.returncode, REFUSED)
        self.assertEqual(self.latent("runs").returncode, DONE)
        shutil.rmtree(run)

    def test_depth(self):
        self.hostile(b"[" * 100_000, "deep")
        self.hostile(b'{"a":' * 5000 + b"1" + b"}" * 5000, "deep")

    def test_size(self):
        self.hostile(b'{"experiment":"' + b"x" * (5 << 20) + b'"}', "long")

    def test_utf8(self):
        self.hostile(b'{"experiment":"\xff\xfe","parameters":{},"seed":0}', "UTF-8")

    def test_not_json(self):
        self.hostile(b"", "JSON")
        self.hostile(b"{} {}", "request.json")
        self.hostile(b'{"a":1,"a":2}', '"a" twice')
        self.hostile(b"{}", "experiment")

    def test_changed_after_it_was_made(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        made = self.workspace.runs()[0]
        request = json.loads((made / "request.json").read_text())
        shutil.rmtree(made)
        self.hostile(json.dumps({**request, "seed": 7}).encode(), "hash")


class Sweeps(Case):
    def wrong(self, text, *words):
        spec = self.workspace.folder / "study.toml"
        spec.write_bytes(text if isinstance(text, bytes) else text.encode())
        ended = self.latent("sweep", spec)
        self.assertIn(ended.returncode, WRONG, ended.stderr)
        for word in words:
            self.assertIn(word, ended.stderr)
        self.assertNotIn("?.", ended.stderr)
        self.assertEqual(self.workspace.runs(), [])

    def test_file(self):
        self.refuses(WRONG, ["no-such.toml"], "sweep", "no-such.toml")
        self.refuses(WRONG, ["regular file"], "sweep", ".")
        self.wrong("experiment = ", "study.toml", "TOML", "line 1")
        self.wrong(b'experiment = "\xff"\n', "study.toml", "utf-8")
        self.wrong('experiment = "sim/theory"\n[:grid]\n', "study.toml", "TOML", "line 2")
        self.wrong('experiment = "sim/theory"\nä = 1\n', "study.toml", "TOML", "line 2")

    def test_keys(self):
        grid = "\n[grid]\nsigma = [0.1]\n"
        self.wrong('experimnt = "sim/theory"' + grid, '"experimnt"', 'did you mean "experiment"?')
        self.wrong('experiment = "sim/theory"\n[limits]\nmemory = 3' + grid, "limits.memory", "memory_mb")
        self.wrong('experiment = "sim/theory"', "varies nothing")
        self.wrong('experiment = "sim/theroy"' + grid, '"sim/theroy"', "sim/theory")
        self.wrong('experiment = "sim/theory"\npreset = "lapdop"' + grid, '"lapdop"')
        self.wrong('experiment = "sim/theory"\ndevice = "tpu"' + grid, '"tpu"')
        self.wrong('experiment = "sim/theory"\n[set]\nsigma = [1]' + grid, "set.sigma")

    def test_values(self):
        head = 'experiment = "sim/theory"\n'
        self.wrong(head + "[grid]\nsigmma = [1]\n", '"sigmma"', 'did you mean "sigma"?')
        self.wrong(head + "[grid]\nsigma = [-1, 0.1]\n", "sigma", "-1", "cell 0")
        self.wrong(head + "[grid]\nsigma = [nan]\n", "grid.sigma")
        self.wrong(head + "[grid]\nsigma = 0.1\n", "grid.sigma", "list of values")
        self.wrong(head + "[random]\ncells = 300000\nsigma = {low = 1, high = 2}\n", "random.cells", "10000")
        self.wrong(head + "seeds = 3\n[grid]\nsigma = [0.1]\nseed = [1]\n", "seed")

    def test_what_only_the_plugin_knows(self):
        """Refused before there is a run, with the cells that are wrong, and not as cells that failed."""
        head = 'experiment = "sim/theory"\nseeds = 2\n[grid]\n'
        self.wrong(head + 'w0 = ["uniform:0.1", "[[1,0],[0]]"]\n', "w0", "2 by 2", "cells 2 and 3")
        self.wrong(head + 'w0 = ["[[1,0,0],[0,1,0]]", "uniform:0.1"]\n', "w0", "2 by 2", "cells 0 and 1")
        self.wrong('experiment = "sim/theory"\n[grid]\nw0 = ["banana"]\n', "w0", "banana")
        self.wrong(head + 'w0 = ["uniform:0.1", "linear"]\n', "w0", "not symmetric", "cells 2 and 3")
        self.wrong(head + 'steps = [400, 100]\n', "frames is 200", "cells 2 and 3")
        self.wrong('experiment = "sim/train"\n[set]\ndim = 2\n[grid]\nmu = [[1, 2], [1, 2, 3]]\n', "mu has 3 entries", "cell 1")

    def test_the_example_of_the_manual(self):
        """One number may stand for a list of one, as the manual's sigma does."""
        spec = self.workspace.folder / "study.toml"
        spec.write_text('experiment = "sim/theory"\n[grid]\nsigma = [0.05, 0.1, 0.2]\nmu = [[1, 1], [1, 2]]\n')
        dry = self.latent("sweep", spec, "--dry-run")
        self.assertEqual(dry.returncode, DONE, dry.stderr)
        self.assertIn("6 cells, 6 different", dry.stderr)
        self.assertEqual(self.workspace.runs(), [])


if __name__ == "__main__":
    main()
