# SPDX-License-Identifier: Apache-2.0
"""The built program as a user meets it: a home and a workspace of its own in a temporary folder.

The programs come from the environment: LATENT_PROGRAM (the built `latent`) and LATENT_FIXTURES (the folder that holds
misbehave/). One Home serves a test program, so that the fixture plugin is trusted once; each test has its own Workspace.

    class Jobs(Case):
        def test_throw(self):
            ended = self.workspace.latent("run", "misbehave/throw")
            self.assertEqual(ended.returncode, 5)
"""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

DONE, BAD_REQUEST, REFUSED, INTERRUPTED, FAILED = 0, 2, 3, 4, 5
PROGRAM = os.environ.get("LATENT_PROGRAM", "")
FIXTURES = pathlib.Path(os.environ.get("LATENT_FIXTURES", ""))
PATIENCE_S = 120  # far above what anything here takes: machines that run tests are busy


class Home:
    """XDG folders of a user who trusts the misbehaving plugin."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="latent-e2e-"))
        plugins = self.folder / "plugins"
        plugins.mkdir(mode=0o755)
        for suffix in (".so", ".json"):
            shutil.copy(FIXTURES / "misbehave" / f"misbehave{suffix}", plugins)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "LATENT_"))}
        self.environment.update({"HOME": str(self.folder), "LATENT_PLUGIN_PATH": str(plugins), "LC_ALL": "C.UTF-8"})
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            self.environment[f"XDG_{kind}_HOME"] = str(self.folder / kind.lower())
        trusted = subprocess.run([PROGRAM, "plugins", "trust", "misbehave"], env=self.environment, cwd=self.folder,
                                 capture_output=True, text=True, timeout=PATIENCE_S)
        if trusted.returncode != 0:
            raise RuntimeError("The fixture plugin could not be trusted: " + trusted.stderr)


class Workspace:
    """A folder with runs/ and the program working in it."""

    def __init__(self, home):
        self.home = home
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="workspace-", dir=home.folder))
        self.processes = []

    def latent(self, *words, cwd=None):
        return subprocess.run([PROGRAM, *map(str, words)], env=self.home.environment, cwd=cwd or self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)

    def start(self, *words):
        """The program in the background, its words in `out` and `err` once finish() was called."""
        process = subprocess.Popen([PROGRAM, *map(str, words)], env=self.home.environment, cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    @staticmethod
    def finish(process):
        process.out, process.err = process.communicate(timeout=PATIENCE_S)
        return process.returncode

    def detach(self, experiment, *words):
        """Starts a run and returns its folder."""
        started = self.latent("run", experiment, "--detach", *words)
        if started.returncode != 0:
            raise AssertionError(started.stderr)
        return pathlib.Path(started.stdout.removeprefix("Run: ").strip())

    def runs(self):
        """In the order in which they were asked for: names tell the second only."""
        folder = self.folder / "runs"

        def asked(run):
            request = run / "request.json"
            return (request if request.exists() else run).stat().st_mtime_ns, run.name
        return sorted(folder.iterdir(), key=asked) if folder.is_dir() else []

    def show(self, run):
        """What `latent show --json` says; a run must be readable at every moment."""
        shown = self.latent("show", run, "--json")
        if shown.returncode != 0:
            raise AssertionError(f"{run} cannot be read: {shown.stderr}")
        return json.loads(shown.stdout)

    def wait(self, run, accept, what):
        """Polls until accept(show) holds."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            shown = self.show(run)
            if accept(shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"Waited in vain for {what}; the run says {shown['state']}: {shown['sentence']}")

    def wait_end(self, run):
        return self.wait(run, lambda s: s["state"] not in ("queued", "running"), "the end of the run")

    def wait_steps(self, run, attempt=1):
        return self.wait(run, lambda s: s["attempt"] == attempt and (s["fraction"] > 0 or s["state"] != "running")
                         and s["state"] != "queued", "the first steps")

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            for pipe in (process.stdout, process.stderr):
                if pipe and not pipe.closed:
                    pipe.close()
            process.wait()
        for run in self.runs():
            for pid in (supervisor(run), computing(run)):
                kill(pid)


class Case(unittest.TestCase):
    home = None

    def setUp(self):
        if Case.home is None:
            Case.home = Home()
        self.workspace = Workspace(Case.home)
        self.addCleanup(self.workspace.close)

    def latent(self, *words, **more):
        return self.workspace.latent(*words, **more)

    def refuses(self, codes, words, *command, **more):
        """The command ends with one of `codes`, says one sentence that holds every one of `words`, and makes no run."""
        before = self.workspace.runs()
        ended = self.latent(*command, **more)
        said = ended.stderr.strip()
        self.assertIn(ended.returncode, codes, said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertLess(len(said), 600, "a sentence, not a page")
        self.assertEqual(before, self.workspace.runs(), "something half-written was left")
        return ended


def supervisor(run):
    """Process id of the worker of the newest attempt, None when it is gone."""
    leases = sorted(pathlib.Path(run).glob("worker*.json"), key=lambda lease: (len(lease.name), lease.name))
    if not leases:
        return None
    pid = json.loads(leases[-1].read_text())["pid"]
    return pid if is_worker(pid, run) else None


def is_worker(pid, run):
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(run).encode() in words and b"worker" in words


def computing(run):
    """Process id of the computing child of a run's worker, None when there is none."""
    above = supervisor(run)
    if above is None:
        return None
    try:
        children = pathlib.Path(f"/proc/{above}/task/{above}/children").read_text().split()
    except OSError:
        return None
    return next((int(pid) for pid in children if is_worker(int(pid), run)), None)


def kill(pid, number=signal.SIGKILL):
    """True when there was somebody to signal."""
    if pid is None:
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def write_request(folder, document):
    """A run directory that holds nothing but a request, with the hash that belongs to it."""
    document = {key: value for key, value in document.items() if key != "sha256"}
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    document["sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "request.json").write_text(json.dumps(document))


def events(run):
    lines = (pathlib.Path(run) / "events.ndjson").read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines if line]


def main():
    if not PROGRAM or not (FIXTURES / "misbehave" / "misbehave.so").is_file():
        print("Skipped: give the built program in LATENT_PROGRAM and the folder of the fixture plugins in LATENT_FIXTURES.")
        sys.exit(77)
    try:
        program = unittest.main(module="__main__", exit=False, verbosity=2)
    finally:
        if Case.home is not None:
            shutil.rmtree(Case.home.folder, ignore_errors=True)
    sys.exit(0 if program.result.wasSuccessful() else 1)
