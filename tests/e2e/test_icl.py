#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin icl_graphs as a user meets it: the oracle, a recording, a tiny model, a question, and what the command line refuses."""
import csv
import json
import pathlib
import shutil
import struct

from workbench import BAD_REQUEST, DONE, REFUSED, Case, main

WRONG = (BAD_REQUEST, REFUSED)
MODEL = pathlib.Path(__file__).resolve().parents[2] / "plugins/icl_graphs/tests/decoder/fixtures/llama"
WORDS = "apple bird car egg house milk plane opera box sand sun mango rock math code phone".split()


def write_recording(folder):
    """Eight numbers a word: the word's place on the 4 × 4 grid, and what is its own. A map by construction."""
    walk, at = [], 0
    for t in range(400):  # back and forth through all of the grid
        row, column = at // 4, at % 4
        steps = [i for i in (at - 4 if row else -1, at + 4 if row < 3 else -1, at - 1 if column else -1, at + 1 if column < 3 else -1) if i >= 0]
        walk.append(at)
        at = steps[(t * 7 + t * t // 3) % len(steps)]
    values = []
    for node in walk:
        values += [node // 4 - 1.5, node % 4 - 1.5] + [0.3 * ((node * (k + 3) * 5) % 7 - 3) / 3 for k in range(6)]
    header = json.dumps({"hidden.L5": {"dtype": "F32", "shape": [len(walk), 8], "data_offsets": [0, len(values) * 4]}}).encode()
    (folder / "r.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + struct.pack(f"<{len(values)}f", *values))
    (folder / "words.json").write_text(json.dumps([WORDS[i] for i in walk]))


class Icl(Case):
    def setUp(self):
        super().setUp()
        if "icl/analysis" not in self.latent("experiments").stdout:
            self.skipTest("The plugin icl_graphs is not built here.")

    def run_it(self, experiment, *words):
        ended = self.latent("run", experiment, "-p", "smoke", *words)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return self.workspace.runs()[-1]

    def column(self, run, array):
        out = self.workspace.folder / "csv"
        self.assertEqual(self.latent("export", run, "-o", out, "-a", array).returncode, DONE)
        with (out / f"{array}.csv").open(encoding="utf-8", newline="") as file:
            return [float(row[-1] or "nan") for row in list(csv.reader(line for line in file if not line.startswith("#")))[1:]]

    def draw(self, run, *figures):
        for figure in figures:
            drawn = self.latent("figure", run, figure, "-o", self.workspace.folder / f"{figure}.csv", "--replace")
            self.assertEqual(drawn.returncode, DONE, figure + drawn.stderr)

    def test_a_recording_is_looked_at(self):
        folder = self.workspace.folder
        write_recording(folder)
        run = self.run_it("icl/analysis", "--set", f"recording={folder / 'r.safetensors'}", "--set", f"sequence={folder / 'words.json'}", "--set", "words=grid16")
        self.assertGreater(self.column(run, "grid_r2")[-1], 0.9)
        self.assertLess(self.column(run, "rayleigh")[-1], 2.5)
        self.draw(run, "graph", "spectrum", "map", "map_later", "map_shuffled", "rayleigh_context", "energy_context", "energy_raw_context", "alignment_context", "grid_r2_context", "rayleigh_layers", "alignment_layers",
                  "grid_r2_layers", "rayleigh_map", "rayleigh_null_map", "alignment_null_map", "grid_r2_map", "grid_r2_null_map", "explained_context")
        asked = self.latent("probe", run, "icl/look", "--set", "window=100", "--set", "component_x=2", "--set", "component_y=1", "--set", "word=3", "--json")
        self.assertEqual(asked.returncode, DONE, asked.stderr)
        self.refuses(WRONG, ["no layer 4"], "probe", run, "icl/look", "--set", "layer=4")
        self.refuses(WRONG, ["0 to 15"], "probe", run, "icl/look", "--set", "word=16")
        claims = self.latent("claims", run, "--json")
        self.assertEqual(claims.returncode, DONE, claims.stderr)
        self.assertIn("not_measured", claims.stdout)

    def test_a_model_reads(self):
        words = json.dumps([f"word{i}" for i in range(16)])
        run = self.run_it("icl/model", "--set", f"model={MODEL}", "--set", "words=own", "--set", f"own_words={words}", "--set", "length=60", "--set", "first_context=8")
        accuracy = self.column(run, "accuracy")
        self.assertEqual(len(accuracy), 60)
        self.assertTrue(all(0 <= a <= 1 for a in accuracy[:-1]))
        self.draw(run, "map", "accuracy_curve", "accuracy_positions", "placements", "observed", "rayleigh_map", "alignment_map", "turn", "induction_heads", "induction_heads_null", "previous_heads", "ablation", "moved", "map_shuffled", "rayleigh_null_map")
        for probe, words, says in (("icl/look", ("word=3", "layer=1", "window=40"), "occurrence_x"), ("icl/attend", ("block=1", "head=2", "words=12"), "attention")):
            asked = self.latent("probe", run, probe, *[w for word in words for w in ("--set", word)], "--json")
            self.assertEqual(asked.returncode, DONE, asked.stderr)
            self.assertIn(says, asked.stdout)
        ended = [self.latent("probe", run, "icl/steer", "--set", "word=0", "--set", f"target={target}", "--set", "moved=60", "--json") for target in range(1, 16)]
        self.assertTrue(any(e.returncode == DONE and "target_mass" in e.stdout for e in ended), ended[0].stderr)
        self.assertTrue(all(e.returncode == DONE or (e.returncode in WRONG and "does not occur" in e.stderr) for e in ended))  # a walk of 60 words need not come by everywhere
        self.refuses(WRONG, ["2 blocks of 4 heads"], "probe", run, "icl/attend", "--set", "head=4")
        self.refuses(WRONG, ["another node"], "probe", run, "icl/steer", "--set", "word=5", "--set", "target=5")

    def test_a_gpu_that_is_not_there(self):
        """Said before there is a run, with or without LibTorch. A precision that the CPU does not compute in cannot be asked for."""
        words = json.dumps([f"word{i}" for i in range(16)])
        reads = ("run", "icl/model", "-p", "smoke", "--set", f"model={MODEL}", "--set", "words=own", "--set", f"own_words={words}", "--set", "length=60", "--set", "first_context=8")
        self.refuses((BAD_REQUEST,), ["LibTorch"], *reads, "--device", "cuda:99")
        self.refuses((BAD_REQUEST,), ['precision: got the text "bfloat16", but takes one of device and float32'], *reads, "--set", "precision=bfloat16")
        self.refuses((BAD_REQUEST,), ["icl/oracle computes on the CPU only"], "run", "icl/oracle", "-p", "smoke", "--device", "cuda")

    def test_two_graphs_take_turns(self):
        words = json.dumps([f"word{i}" for i in range(16)])
        run = self.run_it("icl/model", "--set", f"model={MODEL}", "--set", "words=own", "--set", f"own_words={words}", "--set", "length=60", "--set", "first_context=8", "--set", "second_graph=ring", "--set", "switching=0.3")
        self.draw(run, "graph_second", "map_second", "rayleigh_both", "alignment_both", "accuracy_two_graphs", "turn")
        self.assertEqual(len(self.column(run, "rayleigh_second")), len(self.column(run, "rayleigh")))

    def test_a_graph_is_changed(self):
        """The edges of the question stand in a run of the same parameter."""
        ring = ["--set", "family=ring", "--set", "nodes=5", "--set", "edited_edges=[[0,4],[1,2],[3,1],[2,3],[3,4]]"]
        asked = self.latent("probe", "-", "icl/edit", *ring, "--json")
        self.assertEqual(asked.returncode, DONE, asked.stderr)
        self.assertIn("[[0,4],[1,2],[1,3],[2,3],[3,4]]", asked.stdout)
        run = self.run_it("icl/graphs", *ring)
        self.assertEqual(self.column(run, "edges"), [0, 4, 1, 2, 1, 3, 2, 3, 3, 4])
        self.refuses(WRONG, ["0 to 3"], "run", "icl/graphs", "-p", "smoke", "--set", "family=ring", "--set", "nodes=4", *ring[4:])
        self.refuses(WRONG, ["Node 0 has no neighbour"], "run", "icl/graphs", "-p", "smoke", *ring[:4], "--set", "edited_edges=[[1,2],[2,3],[3,4]]")

    def test_the_oracle_is_no_run_to_look_into(self):
        run = self.run_it("icl/oracle")
        for probe in ("icl/look", "icl/attend", "icl/steer"):
            self.refuses((REFUSED,), [f'"{probe}" opens runs of icl/', "is a run of icl/oracle."], "probe", run, probe)
        asked = self.latent("probe", run, "icl/edit", "--json")
        self.assertEqual(asked.returncode, DONE, asked.stderr)

    def test_prompts_as_token_ids(self):
        words = ["--set", "words=own", "--set", "own_words=" + json.dumps([f"word{i}" for i in range(16)])]
        run = self.run_it("icl/graphs", *words, "--set", f"vocabulary={MODEL}")
        vocabulary = json.loads((MODEL / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        prompts = json.loads(next((self.workspace.folder / "runs").rglob("prompts.json")).read_text(encoding="utf-8"))
        for prompt in prompts:
            self.assertEqual(prompt["token_ids"], [vocabulary["\u0120" + word] for word in prompt["text"].split()])
        self.assertEqual(self.column(run, "token_ids"), [float(t) for prompt in prompts for t in prompt["token_ids"]])
        self.refuses(WRONG, ["is not one token"], "run", "icl/graphs", "-p", "smoke", "--set", f"vocabulary={MODEL}")

    def test_samples_of_a_language_model_find_it(self):
        """The place of the fetched model stands in the copy; the tiny model stands in for it."""
        place = pathlib.Path(self.workspace.home.environment["XDG_DATA_HOME"]) / "latent" / "samples" / "smollm2"
        place.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, place)
        shutil.copy(MODEL / "config.json", place / "SmolLM2-135M-Instruct.Q4_1.gguf")  # some file: a dry run would read it
        copied = self.latent("samples", "--copy", "icl/critical_context")
        self.assertEqual(copied.returncode, DONE, copied.stderr)
        text = (self.workspace.folder / "critical_context.toml").read_text()
        self.assertIn(f'model = "{place / "SmolLM2-135M-Instruct.Q4_1.gguf"}"', text)
        tried = self.latent("sweep", "critical_context.toml", "--dry-run")
        self.assertIn(tried.returncode, WRONG, tried.stderr)
        self.assertIn("does not begin with GGUF", tried.stderr)

    def test_oracle_training_and_graphs(self):
        run = self.run_it("icl/oracle")
        self.assertLess(self.column(run, "rayleigh")[-1], 2.8)
        self.draw(run, "map", "rayleigh_context", "memorisation", "calendar")
        trained = self.run_it("icl/train")
        self.draw(trained, "loss", "tracing", "context", "energy", "map")
        self.assertEqual(len(self.column(trained, "train_loss")), 20)
        claims = self.latent("claims", trained)
        self.assertIn("a_map_appears_in_small_models", claims.stdout)

    def test_what_is_refused(self):
        self.workspace.folder.joinpath("bad.npz").write_bytes(b"PK\x03\x04" + b"\0" * 40)
        for words, sentence in ((("icl/analysis", "--set", "recording=bad.npz"), "bad.npz"),
                                (("icl/analysis",), "set 'recording'"),
                                (("icl/model",), "samples get smollm2"),
                                (("icl/model", "--set", f"model={MODEL}"), "is not one token"),
                                (("icl/oracle", "--set", "family=regular", "--set", "nodes=5", "--set", "degree=3"), "even"),
                                (("icl/oracle", "--set", "words=grid16", "--set", "rows=5"), "16 words")):
            ended = self.latent("run", words[0], "-p", "smoke", *words[1:])
            self.assertIn(ended.returncode, WRONG, words)
            self.assertIn(sentence, ended.stderr + ended.stdout, words)
        self.refuses(WRONG, ["latent samples get smollm2"], "samples", "--copy", "icl/language_model")
        sample = pathlib.Path(__file__).resolve().parents[2] / "resources/samples/icl/language_model.toml"
        self.refuses(WRONG, ["latent samples get smollm2"], "sweep", "--dry-run", sample)
        got = self.latent("samples", "get", "gpt5")
        self.assertEqual(got.returncode, BAD_REQUEST)
        self.assertIn("smollm2", got.stderr)


if __name__ == "__main__":
    main()
