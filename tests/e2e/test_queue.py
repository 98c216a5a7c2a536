#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs ask of `latent`: a run that only waits, and whether one could be resumed, both as JSON."""
import json
import pathlib
import shutil

from workbench import BAD_REQUEST, DONE, REFUSED, Case, events, main


class Queue(Case):
    def queue(self, *words):
        made = self.latent("run", *words, "--queue", "--json")
        self.assertEqual(made.returncode, DONE, made.stderr)
        return pathlib.Path(json.loads(made.stdout)["run"])

    def test_makes_a_run_and_starts_nothing(self):
        run = self.queue("misbehave/slow", "-p", "smoke", "-s", "steps=7", "--parent", "2026-x")
        self.assertEqual(self.workspace.runs(), [run])
        self.assertEqual(list(run.glob("worker*.json")), [], "nobody computes it")
        self.assertEqual([e["type"] for e in events(run)], ["made", "state"])
        shown = self.workspace.show(run)
        self.assertEqual(shown["state"], "queued")
        self.assertEqual(shown["request"]["parameters"]["steps"], 7)
        self.assertEqual(shown["request"]["parent"], "2026-x")
        resumed = self.latent("resume", run)
        self.assertEqual(resumed.returncode, DONE, resumed.stderr)
        self.assertEqual(self.workspace.show(run)["state"], "done")

    def test_refuses_before_there_is_a_folder(self):
        self.refuses((BAD_REQUEST,), ["steps", "many"], "run", "misbehave/slow", "-s", "steps=many", "--queue", "--json")

    def test_either_waits_or_starts(self):
        ended = self.latent("run", "misbehave/ok", "--queue", "--detach")
        self.assertEqual(ended.returncode, BAD_REQUEST)
        self.assertEqual(self.workspace.runs(), [])

    def test_json_is_for_those_who_do_not_wait(self):
        self.refuses((BAD_REQUEST,), ["--json", "--queue or --detach"], "run", "misbehave/ok", "--json")
        detached = self.latent("run", "misbehave/ok", "--detach", "--json")
        run = pathlib.Path(json.loads(detached.stdout)["run"])
        self.assertEqual(self.workspace.wait_end(run)["state"], "done")


class Once(Case):
    """`sweep --once`, as the tour asks: a second day goes on with the sweep of the first, and makes no double."""

    def spec(self, steps):
        file = self.workspace.folder / "study.toml"
        file.write_text('experiment = "misbehave/slow"\nname = "study"\nseeds = 2\n'
                        f"[set]\nsteps = {steps}\nsleep_ms = 0\n", encoding="utf-8")
        return file

    def sweep(self, *words):
        made = self.latent("sweep", *words, "--queue", "--json")
        self.assertEqual(made.returncode, DONE, made.stderr)
        answer = json.loads(made.stdout)
        return answer["run"], answer["made"]

    def test_goes_on_with_what_is_there(self):
        first, made = self.sweep(self.spec(3), "--once")
        self.assertTrue(made)
        self.assertEqual(self.sweep(self.spec(3), "--once"), (first, False))
        other, made = self.sweep(self.spec(4), "--once")
        self.assertTrue(made, "another file is another sweep")
        self.assertNotEqual(other, first)
        ended = self.latent("sweep", self.spec(3), "--once")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertIn(first, ended.stdout)
        self.assertEqual(self.workspace.show(first)["state"], "done")
        runs = self.workspace.runs()
        again = self.latent("sweep", self.spec(3), "--once")
        self.assertEqual(again.returncode, DONE, again.stderr)
        self.assertIn("done already", again.stdout)
        self.assertEqual(self.workspace.runs(), runs, "nothing was computed again")
        self.assertTrue(self.sweep(self.spec(3))[1], "without --once it is made as always")


class ResumedSweep(Case):
    """`resume --detach` does what the same words without --detach do."""

    def make(self, text):
        file = self.workspace.folder / "study.toml"
        file.write_text(text, encoding="utf-8")
        return pathlib.Path(json.loads(self.latent("sweep", file, "--queue", "--json").stdout)["run"])

    def resume(self, sweep, *words):
        """Until the worker that was left behind has ended."""
        before = sum(e["type"] == "attempt" for e in events(sweep))
        started = self.latent("resume", sweep, "--detach", *words)
        self.assertEqual(started.returncode, DONE, started.stderr)
        self.workspace.wait(sweep, lambda s: s["attempt"] > before and s["state"] not in ("queued", "running"), "its end")

    def attempts(self, sweep):
        """Of the runs of its cells: when each began and ended, in seconds."""
        times = []
        for run in self.workspace.runs():
            if run == sweep:
                continue
            for event in events(run):
                if event["type"] == "attempt":
                    times.append([event["t"], None])
                elif event["type"] == "state" and event["state"] in ("done", "failed"):
                    times[-1][1] = event["t"]
        return times

    def test_retries_what_failed(self):
        sweep = self.make('experiment = "misbehave/leak"\n[grid]\ngigabytes = [8, 9]\n[limits]\nmemory_mb = 200\n')
        self.resume(sweep)
        self.assertEqual(len(self.attempts(sweep)), 2)
        self.resume(sweep)
        self.assertEqual(len(self.attempts(sweep)), 2, "nobody asked for the failed cells again")
        self.resume(sweep, "--retry-failed")
        self.assertEqual(len(self.attempts(sweep)), 4)

    def test_uses_the_cores(self):
        text = 'experiment = "misbehave/slow"\nname = "study"\nseeds = 2\ncores = 1\n[set]\nsteps = 20\nsleep_ms = 100\n'

        def overlap(*words):
            sweep = self.make(text)
            self.resume(sweep, *words)
            cells = sorted(self.attempts(sweep))[-2:]
            self.assertEqual(len(cells), 2)
            return cells[1][0] < cells[0][1]
        self.assertFalse(overlap(), "one core, as the file says")
        self.assertTrue(overlap("--cores", "2"))


class Check(Case):
    def test_own_run(self):
        made = self.latent("run", "misbehave/slow", "-p", "smoke", "--queue")
        run = pathlib.Path(made.stdout.removeprefix("Run: ").strip())
        checked = self.latent("resume", run, "--check", "--json")
        self.assertEqual(checked.returncode, DONE, checked.stderr)
        self.assertEqual(json.loads(checked.stdout), {"run": str(run), "state": "queued", "foreign": False, "paths": []})
        for words in (["--retry-failed"], ["--cores", "1"]):  # not swallowed where they mean nothing
            self.refuses((BAD_REQUEST,), [words[0], "no sweep", str(run)], "resume", run, *words)
        self.assertEqual(list(run.glob("worker*.json")), [], "a check starts nothing, a refusal neither")

    def test_run_of_somebody_else(self):
        made = self.latent("run", "misbehave/slow", "-p", "smoke", "--queue")
        run = pathlib.Path(made.stdout.removeprefix("Run: ").strip())
        lines = (run / "events.ndjson").read_text().splitlines()
        (run / "events.ndjson").write_text("\n".join(lines[1:]) + "\n")  # without the seal
        checked = self.latent("resume", run, "--check", "--json")
        self.assertEqual(checked.returncode, DONE, checked.stderr)
        self.assertTrue(json.loads(checked.stdout)["foreign"])

    def test_nothing_to_resume(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        self.refuses((BAD_REQUEST,), ["nothing to resume"], "resume", "last", "--check")
        run = self.workspace.runs()[0]
        shutil.rmtree(run)
        run.mkdir()
        self.refuses((BAD_REQUEST, REFUSED), [str(run)], "resume", run, "--check", "--json")


if __name__ == "__main__":
    main()
