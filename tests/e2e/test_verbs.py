# SPDX-License-Identifier: Apache-2.0
"""Verbs that read: which run a word means, how studies are judged, and what a wrong workspace or flag is told."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

from workbench import BAD_REQUEST, DONE, FAILED, PATIENCE_S, PROGRAM, REFUSED, Case, main, write_request

SWEEP = """experiment = "sim/theory"
name = "{name}"
seeds = {seeds}
[set]
mu = [1, 2]
w0 = "uniform:0.2"
t_end = 8
steps = 400
frames = 40
[grid]
sigma = [[0.05, 0.05], [{high}, 0.05]]
"""


class Sweeps(Case):
    def sweep(self, name, seeds=2, high=2):
        spec = self.workspace.folder / (name + ".toml")
        spec.write_text(SWEEP.format(name=name, seeds=seeds, high=high), encoding="utf-8")
        made = self.latent("sweep", spec)
        self.assertEqual(made.returncode, DONE, made.stderr)

    def test_last_is_the_sweep(self):
        """The runs that compute its cells are newer, and nobody asked for them."""
        self.sweep("asked-for")
        shown = self.workspace.show("last")
        self.assertIn("-sweep-asked-for-", shown["run"])

    def test_names_of_sweeps(self):
        self.sweep("one")
        self.sweep("two")
        found = json.loads(self.latent("runs", "name=two", "--json").stdout)
        self.assertEqual([run["name"] for run in found], ["two"])

    def test_names_stay_words_in_reports(self):
        """What people write into names is text in the page, never markup."""
        hostile = '<script>alert("x")</script>&<img src=x>'
        for place in ("one", "two"):
            spec = self.workspace.folder / (place + ".toml")
            text = SWEEP.replace('name = "{name}"', f"name = '{hostile}'").format(seeds=1, high=1 if place == "one" else 2)
            spec.write_text(text, encoding="utf-8")
            made = self.latent("sweep", spec)
            self.assertEqual(made.returncode, DONE, made.stderr)
        sweeps = [run["id"] for run in json.loads(self.latent("runs", "kind=sweep", "--json").stdout)]
        self.assertEqual(len(sweeps), 2)
        report = self.workspace.folder / "hostile.html"
        written = self.latent("report", *sweeps, "--each", "-o", report)
        self.assertEqual(written.returncode, DONE, written.stderr)
        page = report.read_text(encoding="utf-8")
        self.assertNotIn("<script", page)
        self.assertNotIn("<img src=x", page)
        self.assertIn("script-alert", page, "the name itself is there, in letters that mean nothing to a browser")

    def test_studies_are_judged_apart(self):
        """A claim over every cell of one design does not become another one because a second design lies beside it."""
        self.sweep("kept", seeds=20, high=0.1)
        self.sweep("reversed", seeds=20, high=2)
        names = [run["id"] for run in json.loads(self.latent("runs", "--json").stdout)]

        def order(*words):
            measured = json.loads(self.latent("claims", *names, *words, "--json").stdout)
            return [(claim.get("study"), claim["verdict"]) for claim in measured["claims"]
                    if claim["claim"]["id"].endswith("order_reverses_with_diversity")]
        self.assertEqual(len(order()), 1)
        apart = dict(order("--each"))
        self.assertEqual(set(apart), {"kept", "reversed"})
        self.assertEqual(apart["kept"], "not_measured")
        self.assertEqual(apart["reversed"], "holds")

        report = self.workspace.folder / "both.html"
        made = self.latent("report", *names, "--each", "-o", report)
        self.assertEqual(made.returncode, DONE, made.stderr)
        heads = re.findall(r"<h3>([^<]*)</h3>", report.read_text(encoding="utf-8"))
        self.assertIn("kept · sim/theory", heads)
        self.assertIn("reversed · sim/theory", heads)

    def test_studies_of_one_name_are_told_apart(self):
        self.sweep("twin", high=0.1)
        self.sweep("twin", high=2)
        names = [run["id"] for run in json.loads(self.latent("runs", "kind=sweep", "--json").stdout)]
        self.assertEqual(len(names), 2)
        measured = json.loads(self.latent("claims", *names, "--each", "--json").stdout)
        self.assertEqual({claim["study"] for claim in measured["claims"]}, {f"twin ({name})" for name in names})
        once = json.loads(self.latent("claims", names[0], names[0], "--each", "--json").stdout)
        self.assertEqual({claim["study"] for claim in once["claims"]}, {"twin"}, "named twice, it is one study")
        self.assertEqual(len(once["claims"]) * 2, len(measured["claims"]))
        report = self.workspace.folder / "twins.html"
        self.assertEqual(self.latent("report", *names, "--each", "-o", report).returncode, DONE)
        for name in names:
            self.assertIn(f"twin ({name}) · sim/theory", report.read_text(encoding="utf-8"))

    def remarks(self, sweep):
        measured = self.latent("claims", sweep, "--json")
        self.assertEqual(measured.returncode, DONE, measured.stderr)
        return json.loads(measured.stdout)["remarks"]

    def test_what_a_verdict_is_not_about_is_said(self):
        """Of a sweep with cells that are not done, and of one that was asked for when its claims were others."""
        self.sweep("partial")
        [sweep] = [run for run in self.workspace.runs() if "-sweep-partial-" in run.name]
        self.assertEqual(self.remarks(sweep), [])

        account = sweep / "events.ndjson"
        lines = [json.loads(line) for line in account.read_text().splitlines()]
        kept = []
        for line in lines:
            if line["type"] == "cell" and line["index"] == 1:
                continue
            if line["type"] == "cell" and line["index"] == 2:
                line = {**line, "state": "failed", "reason": "It crashed."}
            kept.append(json.dumps(line))
        account.write_text("\n".join(kept) + "\n")
        self.assertEqual(self.remarks(sweep), [f"2 of 4 cells of the sweep {sweep.name} are not done (1 failed); "
                                               "its claims are judged from those that are."])
        said = self.latent("claims", sweep)
        self.assertIn("2 of 4 cells", said.stdout)

        request = json.loads((sweep / "request.json").read_text())
        request["claims"] = request["claims"][1:]
        (sweep / "request.json").unlink()
        copy = self.workspace.folder / "copy"
        write_request(copy, request)
        shutil.copy(copy / "request.json", sweep)
        self.assertIn("have changed since the sweep " + sweep.name, self.remarks(sweep)[0])

    def test_of_a_run_that_is_not_done_it_is_said(self):
        for more, remarks in (((), []), (("--queue",), ["The run {} is not done (queued); its claims are judged from what it holds."])):
            self.assertEqual(self.latent("run", "sim/theory", "-p", "smoke", *more).returncode, DONE)
            run = self.workspace.runs()[-1]
            self.assertEqual(self.remarks(run), [remark.format(run.name) for remark in remarks])

    def test_a_run_without_claims(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        said = self.latent("claims", "last")
        self.assertEqual(said.returncode, DONE, said.stderr)
        self.assertEqual(said.stdout.strip(), "The experiments of these runs declare no claims.")


class Workspaces(Case):
    def test_missing(self):
        there = self.workspace.folder / "nowhere"
        for verb in (["runs"], ["show", "last"], ["index"]):
            self.refuses((BAD_REQUEST,), [str(there), "-w DIR"], "-w", there, *verb)
        self.assertFalse(there.exists())

    def test_new_one_is_told(self):
        there = self.workspace.folder / "fresh"
        made = self.latent("-w", there, "run", "misbehave/ok")
        self.assertEqual(made.returncode, DONE, made.stderr)
        self.assertIn("New workspace: " + str(there), made.stdout)
        self.assertNotIn("New workspace", self.latent("-w", there, "run", "misbehave/ok").stdout)

    def test_called_in_a_folder_that_is_gone(self):
        """Nothing of a terminal that stands in it fails with more than a sentence, and what needs no folder works."""
        gone = self.workspace.folder / "gone"

        def ask(*words):
            gone.mkdir()
            script = 'cd "$1"; rmdir "$1"; shift; exec "$@"'
            return subprocess.run(["sh", "-c", script, "sh", gone, PROGRAM, *words], env=self.workspace.home.environment,
                                  capture_output=True, text=True, timeout=PATIENCE_S)
        self.assertEqual(ask("experiments").returncode, DONE)
        self.assertEqual(ask("-w", str(self.workspace.folder), "runs").returncode, DONE)
        for words, code, said in ((["run", "misbehave/ok"], REFUSED, "--workspace"), (["show", "last"], BAD_REQUEST, "is gone"),
                                  (["export", "last", "-o", "x"], BAD_REQUEST, "is gone")):
            ended = ask(*words)
            self.assertEqual((ended.returncode, len(ended.stderr.splitlines())), (code, 1), ended.stderr)
            self.assertIn(said, ended.stderr)

    def test_folder_is_no_filter(self):
        self.refuses((BAD_REQUEST,), ["/somewhere", "-w DIR"], "runs", "/somewhere")

    def test_without_runs(self):
        self.refuses((BAD_REQUEST,), ["'last'", "no runs yet", str(self.workspace.folder)], "show", "last")


class OwnFiles(Case):
    """What an experiment wrote beside its arrays goes out with the export; what a stranger's run links to does not."""
    def test_export(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        run = self.workspace.runs()[-1]
        files = run / "files"
        files.mkdir()
        (files / "table.txt").write_text("words", encoding="utf-8")
        (files / "link").symlink_to("/etc/passwd")
        out = self.workspace.folder / "out"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        self.assertEqual((out / "table.txt").read_text(encoding="utf-8"), "words")
        self.assertFalse((out / "link").exists())
        one = self.workspace.folder / "one"
        self.assertEqual(self.latent("export", run, "-o", one, "-a", "files/table.txt").returncode, DONE)
        self.assertEqual([path.name for path in one.iterdir()], ["table.txt"])
        self.refuses((BAD_REQUEST,), ["files/absent"], "export", run, "-o", one, "-a", "files/absent")

    def test_names_are_checked_before_anything_is_written(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        out = self.workspace.folder / "out"
        self.refuses((BAD_REQUEST,), ["'nosuch'"], "export", "last", "-o", out, "-a", "value", "-a", "nosuch")
        self.assertFalse(out.exists())

    def test_a_name_twice(self):
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        out = self.workspace.folder / "out"
        ended = self.latent("export", "last", "-o", out, "-a", "value", "-a", "metrics/loss", "-a", "value")
        self.assertEqual((ended.returncode, ended.stderr), (DONE, ""))
        self.assertEqual(len(list(out.iterdir())), 2)


class Manual(Case):
    def test_every_contribution_has_its_table(self):
        page = pathlib.Path(PROGRAM).resolve().parent.parent / "share" / "latent" / "manual" / "experiments.md"
        if not page.is_file():
            self.skipTest("The parameter tables have not been made: build the target latent_parameter_tables.")
        written = page.read_text(encoding="utf-8")
        listed = [entry for entry in json.loads(self.latent("experiments", "--json").stdout) if entry["plugin"] != "misbehave"]
        kinds = {entry["kind"] for entry in listed}
        self.assertEqual(kinds, {"experiment", "probe", "data_source"})
        for entry in listed:
            self.assertIn(f"\n## {entry['id']}\n", written)
            described = self.latent("describe", entry["id"], "--markdown")
            self.assertEqual(described.returncode, DONE, described.stderr)
            self.assertIn(described.stdout, written, f"the table of {entry['id']} is not that of its schema")


class Describe(Case):
    """Whoever is told to set a parameter looks it up here, so what cannot be asked yet is no error."""

    def described(self, name):
        for words in ((), ("--json",)):
            ended = self.latent("describe", name, *words)
            self.assertEqual((ended.returncode, ended.stderr), (DONE, ""), name)
            yield ended.stdout

    def test_everything_listed(self):
        listed = json.loads(self.latent("experiments", "--json").stdout)
        self.assertGreater(len(listed), 20)
        for entry in listed:
            text, told = self.described(entry["id"])
            told = json.loads(told)
            self.assertEqual(told["outputs"] is None, "outputs_error" in told, entry["id"])
            self.assertEqual("What it gives depends on its" in text, "outputs_error" in told, entry["id"])
            self.assertIn("\nParameters\n", text)
            if told.get("needs_run"):
                self.assertEqual(told["outputs_error"], f"`latent probe RUN {entry['id']}` shows what it gives there.")
            elif entry["kind"] == "probe":
                self.assertIsNotNone(told["outputs"], entry["id"])

    def test_a_parameter_that_must_be_set(self):
        for name, parameter in (("icl/analysis", "recording"), ("icl/model", "model"), ("shadows/open", "input")):
            text, told = self.described(name)
            self.assertIn(f"\n  {parameter} ", text)
            self.assertRegex(text, f"What it gives depends on its parameters: .*\\b{parameter}\\b")
            self.assertRegex(json.loads(told)["outputs_error"], f"\\b{parameter}\\b")


class Output(Case):
    """An answer that got lost on its way is no success; one that nobody wanted to read to its end is no failure."""

    def into(self, stdout, *words, **more):
        return subprocess.run([PROGRAM, *words], env=self.workspace.home.environment, cwd=self.workspace.folder, stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S, **more)

    def test_full_disk(self):
        for words in (["runs", "--json"], ["experiments", "--json"], ["--help"]):  # within the buffer, beyond it, by CLI11
            with open("/dev/full", "w", encoding="utf-8") as full:
                ended = self.into(full, *words)
            self.assertEqual(ended.returncode, FAILED, words)
            self.assertIn("could not be written", ended.stderr)
            self.assertEqual(len(ended.stderr.splitlines()), 1)
        with open("/dev/full", "w", encoding="utf-8") as full:
            self.assertEqual(self.into(full, "show", "nowhere").returncode, BAD_REQUEST, "nothing was printed")

    def test_closed_pipe(self):
        for is_deaf in (False, True):  # Python itself ignores the signal; children of a shell do not
            for words in (["runs", "--json"], ["experiments", "--json"]):
                reader, writer = os.pipe()
                os.close(reader)
                ended = self.into(writer, *words, restore_signals=not is_deaf)
                os.close(writer)
                self.assertEqual((ended.returncode, ended.stderr), (DONE if is_deaf else -signal.SIGPIPE, ""), words)


class Questions(Case):
    def asked(self, *words):
        ended = self.latent("probe", *words, "--json")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return json.loads(ended.stdout)["parameters"]

    def test_a_question_starts_from_the_run(self):
        made = self.latent("run", "sim/theory", "-p", "smoke", "-s", "mu=[3, 4]", "-s", "sigma=", "-s", "variance=[0.5, 0.5]")
        self.assertEqual(made.returncode, DONE, made.stderr)
        usual, of_run = self.asked("-", "sim/solve"), self.asked("last", "sim/solve")
        self.assertNotEqual(usual["mu"], [3, 4])
        self.assertEqual((of_run["mu"], of_run["variance"], of_run["sigma"]), ([3, 4], [0.5, 0.5], None))
        changed = self.asked("last", "sim/solve", "-s", "sigma=[0.1, 0.1]")
        self.assertEqual((changed["mu"], changed["variance"], changed["sigma"]), ([3, 4], None, [0.1, 0.1]))

    def test_a_name_may_end_as_a_cell_does(self):
        for name, mu in (("study", "[1, 2]"), ("study#3", "[5, 6]")):
            made = self.latent("run", "sim/theory", "-p", "smoke", "-s", "mu=" + mu, "-o", self.workspace.folder / "runs" / name)
            self.assertEqual(made.returncode, DONE, made.stderr)
        for word in ("study#3", self.workspace.folder / "runs" / "study#3"):
            self.assertEqual(self.asked(word, "sim/solve")["mu"], [5, 6])
        self.assertEqual(self.asked("study#0", "sim/solve")["mu"], [1, 2])
        self.refuses((BAD_REQUEST,), ["has no cell 4"], "probe", "study#4", "sim/solve")


class EmptyWords(Case):
    def test_runs(self):
        for verb in ("show", "resume", "pause", "stop", "checkpoint", "check", "claims", "figure"):
            self.refuses((BAD_REQUEST,), ["The name of the run is empty"], verb, "")
        self.refuses((BAD_REQUEST,), ["The name of the run is empty"], "export", "", "-o", "x")
        self.refuses((BAD_REQUEST,), ["The name of the run is empty"], "compare", "", "")
        self.refuses((BAD_REQUEST,), ["The name of the run is empty"], "probe", "", "sim/solve")

    def test_places(self):
        """A variable of a script that was never set: nothing is made elsewhere instead."""
        self.assertEqual(self.latent("run", "misbehave/ok").returncode, DONE)
        before = self.workspace.runs()
        for words in (["-w", "", "runs"], ["-w", "", "run", "misbehave/ok"], ["run", "misbehave/ok", "-o", ""], ["sweep", ""], ["worker", ""],
                      ["export", "last", "-o", ""], ["report", "last", "-o", ""], ["probe", "-", "sim/solve", "-o", ""],
                      ["figure", "last", "metric_loss", "-o", ""], ["samples", "--copy", ""]):
            ended = self.latent(*words)
            self.assertEqual(ended.returncode, BAD_REQUEST, f"{words}: {ended.stderr}")
            self.assertIn("it is empty", ended.stderr)
        self.assertEqual(self.workspace.runs(), before)


class Flags(Case):
    def test_unknown_without_a_verb(self):
        self.refuses((BAD_REQUEST,), ["`latent`", "--bogus", "--help"], "--bogus")
        self.refuses((BAD_REQUEST,), ["--worksp", '"--workspace"'], "--worksp")

    def test_numbers_that_are_none(self):
        for verb, flag in ((["probe", "-", "sim/solve"], "--timeout"), (["probe", "-", "sim/solve"], "--memory-limit"),
                           (["probe-server", "-", "sim/solve"], "--idle"), (["probe-server", "-", "sim/solve"], "--memory-limit"),
                           (["figure", "last"], "--width-mm")):
            for value in ("nan", "inf", "-1", "0", "much"):
                ended = self.latent(*verb, flag, value)
                self.assertEqual(ended.returncode, BAD_REQUEST, f"{flag} {value}: {ended.stderr}")
                self.assertIn(f'{flag}: "{value}" is not a number', ended.stderr)
                self.assertLess(len(ended.stderr), 200)

    def test_near_name(self):
        self.refuses((BAD_REQUEST,), ["latent run", "--presett", 'did you mean "--preset"?'], "run", "sim/theory", "--presett", "paper")
        self.refuses((BAD_REQUEST,), ["--workspce", '"--workspace"'], "runs", "--workspce=x")

    def test_unlike_any(self):
        self.refuses((BAD_REQUEST,), ["latent run", "--zzzzzzzzzz", "--help"], "run", "sim/theory", "--zzzzzzzzzz")


if __name__ == "__main__":
    main()
