#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Jobs that go wrong: each fails alone, with exit code 5 and a sentence that says why, beside a job that is unharmed."""
from workbench import BAD_REQUEST, DONE, FAILED, INTERRUPTED, Case, events, main, write_request

GOOD = ("misbehave/slow", "-s", "steps=150", "-s", "sleep_ms=20", "-s", "seed=5", "-t", "1")


class BadJobs(Case):
    digest = None

    def setUp(self):
        super().setUp()
        if BadJobs.digest is None:
            run = self.workspace.detach(*GOOD)
            BadJobs.digest = self.workspace.wait_end(run)["content_digest"]
            self.assertTrue(BadJobs.digest)

    def fails(self, experiment, words, *flags):
        """Runs it beside a good job; what the run says afterwards."""
        beside = self.workspace.detach(*GOOD)
        self.workspace.wait_steps(beside)
        before = set(self.workspace.runs())
        ended = self.latent("run", experiment, "-t", "1", *flags)
        self.assertEqual(ended.returncode, FAILED, ended.stderr)
        run = (set(self.workspace.runs()) - before).pop()
        shown = self.workspace.show(run)
        self.assertEqual(shown["state"], "failed")
        self.assertIn("latent: " + shown["sentence"], ended.stderr, "the person reads what the run keeps")
        self.assertNotIn("\n", shown["sentence"])
        for word in words:
            self.assertIn(word, shown["sentence"])
        self.assertEqual(self.latent("check", run).returncode, DONE, "what a failed job left behind is sound")
        good = self.workspace.wait_end(beside)
        self.assertEqual((good["state"], good["attempt"]), ("done", 1))
        self.assertEqual(good["content_digest"], BadJobs.digest, "the other job was disturbed")
        return run

    def test_segmentation_fault(self):
        self.fails("misbehave/segfault", ["'misbehave' crashed", "misbehave/segfault", "SIGSEGV"])

    def test_exception(self):
        self.fails("misbehave/throw", ["The matrix is not positive definite."])

    def test_exit(self):
        self.fails("misbehave/exit", ["'misbehave' ended the process itself", "exit code 0"])

    def test_leak(self):
        self.fails("misbehave/leak", ["500 MB", "memory_mb"], "--memory-limit", "500")

    def test_endless_loop(self):
        run = self.fails("misbehave/loop", ["limit of 3 s", "time_s"], "--time-limit", "3")
        self.assertTrue([e for e in events(run) if e["type"] == "log" and e.get("text") == "The loop begins."])

    def test_flood_of_log(self):
        run = self.fails("misbehave/log", ["64 MB of log", "log_mb"])
        self.assertLess((run / "events.ndjson").stat().st_size, 200 << 20, "the log kept on growing")

    def test_not_a_number_is_data(self):
        ended = self.latent("run", "misbehave/nan")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        shown = self.workspace.show("last")
        self.assertEqual({a["name"]: a["shape"] for a in shown["arrays"]}, {"time": [3], "value": [3]})

    def test_endless_loop_does_not_answer_a_stop(self):
        first = self.fails("misbehave/loop", ["time_s"], "--time-limit", "1")
        request = self.workspace.show(first)["request"]
        run = self.workspace.folder / "runs" / "2026-01-01T000000-misbehave-loop-0123456789"
        write_request(run, {**request, "limits": {"stop_grace_s": 1}})
        worker = self.workspace.start("worker", run)
        self.workspace.wait(run, lambda s: s["state"] == "running" and (run / "events.ndjson").exists()
                            and any(e.get("text") == "The loop begins." for e in events(run)), "the loop")
        stopped = self.latent("stop", run)
        self.assertEqual(stopped.returncode, DONE, stopped.stderr)
        self.assertEqual(self.workspace.finish(worker), INTERRUPTED)
        shown = self.workspace.show(run)
        self.assertEqual(shown["state"], "interrupted")
        self.assertTrue(shown["resumable"])
        self.assertIn("did not answer", shown["sentence"])
        self.assertIn("1 s", shown["sentence"])

    def test_nobody_to_stop(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        self.refuses((BAD_REQUEST,), ["Nobody is computing"], "stop", "last")


if __name__ == "__main__":
    main()
