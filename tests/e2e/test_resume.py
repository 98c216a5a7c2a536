#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing lost: interrupted, paused, stopped and killed runs go on and end as the undisturbed one does, byte for byte.

LATENT_KILL_ROUNDS (8) is the number of kills in the chain; 200 is the long form.
"""
import os
import pathlib
import random
import signal
import time

from workbench import BAD_REQUEST, DONE, INTERRUPTED, PATIENCE_S, REFUSED, Case, computing, events, kill, main, supervisor

ROUNDS = int(os.environ.get("LATENT_KILL_ROUNDS", "8"))
SLOW = ("misbehave/slow", "-s", "steps=150", "-s", "sleep_ms=20", "-s", "seed=11", "-t", "1")
TRAIN = ("sim/train", "-s", "dim=16", "-s", "hidden=16", "-s", "seeds=2", "-s", "epochs=40000", "-s", "samples_per_cluster=256",
         "-s", "frame_spacing=linear", "-s", "frames=20", "-s", "ood_every=100", "-t", "1")

THEORY = ("sim/theory", "-s", "dim=8", "-s", "mu=[1, 2]", "-s", "steps=4000000", "-s", "frames=50", "-t", "1")


class Undisturbed(Case):
    """Digests of undisturbed runs, computed once each."""
    digests = {}

    def digest(self, words):
        if words not in self.digests:
            run = self.workspace.detach(*words)
            last, moved = None, time.monotonic()
            while (shown := self.workspace.show(run))["state"] in ("queued", "running"):  # minutes in the long form
                if shown["fraction"] != last:
                    last, moved = shown["fraction"], time.monotonic()
                self.assertLess(time.monotonic() - moved, PATIENCE_S, "the undisturbed run gets nowhere")
                time.sleep(0.1)
            self.assertEqual(shown["state"], "done", shown["sentence"])
            self.digests[words] = shown["content_digest"]
            self.assertTrue(self.digests[words])
        return self.digests[words]

    def new_run(self, start):
        """start() makes exactly one run; its folder once it is there, and what start returned."""
        before = set(self.workspace.runs())
        started = start()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            new = [run for run in set(self.workspace.runs()) - before if (run / "request.json").exists()]
            if new:
                return new[0], started
            time.sleep(0.02)
        raise AssertionError("No run was made.")

    def resume_to_the_end(self, run, words):
        ended = self.latent("resume", run)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        shown = self.workspace.show(run)
        self.assertEqual(shown["state"], "done")
        self.assertEqual(shown["content_digest"], self.digest(words), "the end differs from that of the undisturbed run")
        self.assertEqual(self.latent("check", run).returncode, DONE)
        return shown


class Interrupted(Undisturbed):
    def interrupt(self, words):
        self.digest(words)
        run, process = self.new_run(lambda: self.workspace.start("run", *words))
        self.workspace.wait_steps(run)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.workspace.finish(process), INTERRUPTED, process.err)
        self.assertIn(f"Resume with: latent resume {run}", process.out)
        shown = self.workspace.show(run)
        self.assertEqual((shown["state"], shown["resumable"]), ("paused", True))
        self.assertLess(shown["fraction"], 1)
        self.assertEqual(self.resume_to_the_end(run, words)["attempt"], 2)
        self.refuses((BAD_REQUEST,), ["done"], "resume", run)

    def test_slow(self):
        self.interrupt(SLOW)

    def test_train(self):
        self.interrupt(TRAIN)

    def test_another_binary_is_told(self):
        run = self.workspace.detach(*SLOW)
        self.workspace.wait_steps(run)
        self.latent("pause", run)
        self.workspace.wait_end(run)
        library = self.workspace.home.folder / "plugins" / "misbehave.so"
        with library.open("ab") as file:
            file.write(b"another build")
        self.assertEqual(self.latent("plugins", "trust", "misbehave").returncode, DONE)
        self.resume_to_the_end(run, SLOW)
        said = [event["text"] for event in events(run) if event.get("level") == "warning"]
        self.assertTrue(any("the plugin's binary has changed" in text for text in said), said)

    def test_worker_asked_by_a_cluster(self):
        """SIGUSR1 and SIGTERM to the worker: pause."""
        for number in (signal.SIGUSR1, signal.SIGTERM):
            run = self.workspace.detach(*SLOW)
            self.workspace.wait_steps(run)
            kill(supervisor(run), number)
            self.assertEqual(self.workspace.wait_end(run)["state"], "paused")
            self.resume_to_the_end(run, SLOW)


class Verbs(Undisturbed):
    def begin(self):
        run = self.workspace.detach(*SLOW)
        self.workspace.wait_steps(run)
        return run

    def ask(self, verb, run):
        asked = self.latent(verb, run)
        self.assertEqual(asked.returncode, DONE, asked.stderr)
        return asked.stdout

    def test_pause(self):
        run = self.begin()
        self.ask("pause", run)
        self.assertEqual(self.workspace.wait_end(run)["state"], "paused")
        self.resume_to_the_end(run, SLOW)

    def test_pause_within_one_solution(self):
        """A solver that publishes at its end alone is left, and gone on with, in its midst."""
        run = self.workspace.detach(*THEORY)
        self.workspace.wait_steps(run)
        self.ask("pause", run)
        shown = self.workspace.wait_end(run)
        self.assertEqual(shown["state"], "paused")
        self.assertTrue(0 < shown["fraction"] < 1, shown["fraction"])
        self.resume_to_the_end(run, THEORY)

    def test_stop(self):
        run = self.begin()
        self.ask("stop", run)
        shown = self.workspace.wait_end(run)
        self.assertEqual(shown["state"], "stopped")
        self.assertTrue(any(a["shape"][:1] != [0] for a in shown["arrays"] if a["name"] == "value"), "what it had is kept")
        self.resume_to_the_end(run, SLOW)

    def test_checkpoint(self):
        run = self.begin()
        self.assertIn("checkpoint: done", self.ask("checkpoint", run))
        self.assertTrue(list((run / "checkpoints").glob("*.h5")))
        self.assertEqual(self.workspace.wait_end(run)["content_digest"], self.digest(SLOW))

    def test_stale_request(self):
        """What was asked of the first attempt is nothing to the second; nor is nonsense."""
        run = self.begin()
        self.ask("pause", run)
        self.workspace.wait_end(run)
        for number, text in ((900, '{"action":"stop","attempt":1}'), (901, '{"action":"stop","attempt":99}'),
                             (902, '{"action":"explode","attempt":2}'), (903, "[" * 5000), (904, "")):
            (run / "control" / f"{number:04d}.json").write_text(text)
        shown = self.resume_to_the_end(run, SLOW)
        self.assertEqual(shown["attempt"], 2)
        answers = {e["number"]: e["outcome"] for e in events(run) if e["type"] == "control" and e.get("number", 0) >= 900}
        self.assertEqual(answers, {900: "ignored", 901: "ignored", 902: "refused", 903: "refused", 904: "refused"})


class CtrlC(Undisturbed):
    """At the terminal that follows the run: asked as soon as it can be asked, also of a worker that has only just been started."""

    def begin(self, *words):
        """Followed, with its folder, as soon as that is told: the worker has hardly begun."""
        following = self.workspace.start(*words)
        return following, pathlib.Path(following.stdout.readline().removeprefix("Run: ").strip())

    def test_while_the_worker_starts(self):
        following, run = self.begin("run", *SLOW)
        for attempt in (1, 2, 3):
            following.send_signal(signal.SIGINT)
            self.assertEqual(self.workspace.finish(following), INTERRUPTED, following.err)
            self.assertIn("Pausing at a checkpoint", following.err)
            self.assertIn("latent resume", following.out)
            shown = self.workspace.show(run)
            self.assertEqual((shown["state"], shown["attempt"]), ("paused", attempt))
            following, again = self.begin("resume", run)
            self.assertEqual(again, run)
        self.assertEqual(self.workspace.finish(following), DONE, following.err)
        self.assertEqual(self.workspace.show(run)["content_digest"], self.digest(SLOW))

    def test_twice(self):
        """The second one leaves it to the background, where it pauses."""
        following, run = self.begin("run", "misbehave/slow", "-s", "steps=20", "-s", "sleep_ms=700", "-t", "1")
        self.workspace.wait_steps(run)
        following.send_signal(signal.SIGINT)
        self.workspace.wait(run, lambda s: list((run / "control").glob("*.json")), "the request")
        following.send_signal(signal.SIGINT)
        self.assertEqual(self.workspace.finish(following), INTERRUPTED, following.err)
        self.assertIn("in the background", following.out)
        self.assertEqual(self.workspace.wait_end(run)["state"], "paused")

    def test_of_a_sweep(self):
        """Told at once, while its runs still come to their checkpoints."""
        spec = self.workspace.folder / "slow.toml"
        spec.write_text('experiment = "misbehave/slow"\n[set]\nsteps = 20\nsleep_ms = 700\n'
                        '[grid]\nseed = [1, 2]\n', encoding="utf-8")
        following = self.workspace.start("sweep", spec)
        sweep = pathlib.Path(following.stdout.readline().removeprefix("Sweep: ").strip())
        self.workspace.wait_steps(sweep)
        following.send_signal(signal.SIGINT)
        said = following.stderr.readline()
        while said and "Ending every run" not in said:
            said = following.stderr.readline()
        self.assertIn("Ctrl-C again", said)
        self.assertEqual(self.workspace.finish(following), INTERRUPTED, following.err)
        self.assertEqual(self.workspace.wait_end(sweep)["state"], "paused")


class OneWorker(Undisturbed):
    def test_two_workers_at_once(self):
        self.digest(SLOW)
        run = self.workspace.detach(*SLOW)
        self.workspace.wait_steps(run)
        self.refuses((REFUSED,), ["being computed"], "worker", run)
        self.refuses((BAD_REQUEST,), ["busy"], "resume", run)
        kill(supervisor(run))
        self.workspace.wait(run, lambda s: s["state"] == "interrupted", "the kill to be seen")
        for _ in range(3):
            workers = [self.workspace.start("worker", run) for _ in range(2)]
            self.workspace.wait(run, lambda s: s["state"] == "running" or s["state"] == "done", "a worker")
            until = time.monotonic() + 60
            while all(w.poll() is None for w in workers) and time.monotonic() < until:
                time.sleep(0.02)
            loser = next((w for w in workers if w.poll() is not None), None)
            self.assertIsNotNone(loser, "both compute the same run")
            self.workspace.finish(loser)
            winner = next(w for w in workers if w is not loser)
            if winner.poll() is None:
                self.assertEqual(loser.returncode, REFUSED, loser.err)
                self.assertIn("being computed", loser.err)
                winner.kill()
            self.workspace.finish(winner)
            if self.workspace.show(run)["state"] == "done":
                break
        attempts = [e["number"] for e in events(run) if e["type"] == "attempt"]
        self.assertEqual(len(attempts), len(set(attempts)), "two workers took the same attempt")


    def test_two_resumes_at_once(self):
        """The one that comes too late says so, and nothing else."""
        queued = self.latent("run", "misbehave/slow", "-s", "steps=40", "-s", "sleep_ms=50", "-t", "1", "--queue")
        run = pathlib.Path(queued.stdout.removeprefix("Run: ").strip())
        both = [self.workspace.start("resume", run) for _ in range(2)]
        for one in both:
            self.workspace.finish(one)
        late, first = sorted(both, key=lambda one: one.returncode == DONE)
        self.assertEqual(first.returncode, DONE, first.err)
        self.assertIn(late.returncode, (BAD_REQUEST, REFUSED), late.err)
        said = [line for line in late.err.splitlines() if "%" not in line]
        self.assertEqual(len(said), 1, late.err)
        self.assertRegex(said[0], "busy|being computed")


class KillChain(Undisturbed):
    def test_killed_again_and_again(self):
        """SIGKILL of the computing child or of its supervisor at random moments; readable throughout, the end the same."""
        words = ("misbehave/slow", "-s", f"steps={100 + 40 * ROUNDS}", "-s", "sleep_ms=15", "-s", "checkpoint_every=5", "-s",
                 "seed=3", "-t", "1")
        digest = self.digest(words)
        chance = random.Random(20261123)
        run = self.workspace.detach(*words)
        kills = {"child": 0, "supervisor": 0}
        shown = self.workspace.show(run)
        while sum(kills.values()) < ROUNDS and shown["state"] != "done":
            until = time.monotonic() + chance.uniform(0, 0.8)
            while time.monotonic() < until:
                self.workspace.show(run)
            whom = chance.choice(("child", "supervisor"))
            if not kill(computing(run) if whom == "child" else supervisor(run)):
                shown = self.workspace.show(run)  # it has not begun yet, or it is done
                continue
            kills[whom] += 1
            shown = self.workspace.wait(run, lambda s: s["state"] != "running" and supervisor(run) is None, "the kill to be seen")
            leases = len(list(run.glob("worker*.json")))
            safe = [e["name"] for e in events(run) if e["type"] == "checkpoint"]
            while shown["state"] != "done" and len(list(run.glob("worker*.json"))) == leases:
                resumed = self.latent("resume", run, "--detach")  # "busy": the killed one still writes how it ended
                self.assertIn(resumed.returncode, (DONE, BAD_REQUEST), resumed.stderr)
                time.sleep(0.1)
                shown = self.workspace.show(run)
            shown = self.workspace.wait(run, lambda s: s["attempt"] > leases or s["state"] == "done", "the next attempt")
            resumes = [e["resumes"] for e in events(run) if e["type"] == "attempt"][-1]
            if safe and shown["attempt"] > leases:
                self.assertGreaterEqual(int(resumes), int(safe[-1]), "an acknowledged checkpoint was passed over")
        shown = self.workspace.wait_end(run)
        if shown["state"] != "done":
            shown = self.resume_to_the_end(run, words)
        self.assertEqual(shown["content_digest"], digest)
        self.assertEqual(self.latent("check", run).returncode, DONE)
        print(f"{kills['child']} children and {kills['supervisor']} supervisors killed in {shown['attempt']} attempts")
        self.assertEqual(sum(kills.values()), ROUNDS, "the run was too short for its kills")


if __name__ == "__main__":
    main()
