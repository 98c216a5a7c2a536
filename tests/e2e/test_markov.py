#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin markov_mixtures as a user meets it: a run, its claims, its export, and what the command line refuses."""
import ast
import csv
import json
import pathlib
import struct
import sys
import zipfile

from workbench import BAD_REQUEST, DONE, REFUSED, Case, main

WRONG = (BAD_REQUEST, REFUSED)


class Markov(Case):
    def setUp(self):
        super().setUp()
        if "markov/algorithms" not in self.latent("experiments").stdout:
            self.skipTest("The plugin markov_mixtures is not built here.")

    def run_it(self, experiment, *words):
        ended = self.latent("run", experiment, "-p", "smoke", *words)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return self.workspace.runs()[-1]

    def column(self, path, *where):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(line for line in file if not line.startswith("#")))
        return [float(row[-1]) for row in rows[1:] if all(row[i] == str(value) for i, value in enumerate(where))]

    def test_curves_and_claims(self):
        run = self.run_it("markov/algorithms")
        out = self.workspace.folder / "csv"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        lengths = self.column(out / "context_length.csv")
        self.assertEqual((lengths[0], lengths[-1]), (1, 40))
        matrix = out / "kl_matrix.csv"
        bi_ret_known, bi_inf_new, bi_ret_new = (self.column(matrix, s, a) for s, a in ((0, 1), (1, 3), (1, 1)))
        self.assertEqual(len(bi_inf_new), len(lengths))
        self.assertLess(bi_ret_known[-1], bi_inf_new[-1])
        self.assertLess(bi_inf_new[-1], bi_ret_new[-1])
        judged = self.latent("claims", run, "--json")
        self.assertEqual(judged.returncode, DONE, judged.stderr)
        for claim in ("retrieval_floor", "early_ascent", "bounded_efficacy"):
            self.assertIn(claim, judged.stdout)

    def test_training_is_explained(self):
        run = self.run_it("markov/train")
        out = self.workspace.folder / "trained"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        loss = self.column(out / "train_loss.csv")
        self.assertEqual(len(loss), 60)
        self.assertAlmostEqual(loss[0], 1.0986, delta=0.2)  # a guess among three states
        checkpoints = self.column(out / "checkpoint_step.csv")
        self.assertEqual((len(checkpoints), checkpoints[0], checkpoints[-1]), (4, 5, 60))
        joint = self.column(out / "lia_joint.csv")
        for first in range(0, len(joint), 4):
            self.assertAlmostEqual(sum(joint[first:first + 4]), 1, places=9)
        offsets, rows, columns = (self.column(out / f"tensor_{what}.csv") for what in ("offset", "rows", "columns"))
        self.assertEqual(len(self.column(out / "weights.csv")), offsets[-1] + max(rows[-1], 1) * columns[-1])
        whole = (out / "weights.safetensors").read_bytes()
        length = int.from_bytes(whole[:8], "little")
        header = json.loads(whole[8:8 + length])
        table = header["transformer.wte.weight" if "transformer.wte.weight" in header else "wte.weight"]
        begin, end = table["data_offsets"]
        values = struct.unpack(f"<{(end - begin) // 4}f", whole[8 + length + begin:8 + length + end])
        published = self.column(out / "weights.csv")
        for value, other in zip(values, published):
            self.assertAlmostEqual(value, other, delta=1e-6)
        judged = self.latent("claims", run, "--json")
        self.assertEqual(judged.returncode, DONE, judged.stderr)
        for claim in ("unigram_stage", "transience", "induction_head_at_onset", "lia_forecasts_new_chains"):
            self.assertIn(claim, judged.stdout)
        for figure in ("loss", "kl_matrix_steps", "lia", "attention_map", "scores"):
            drawn = self.latent("figure", run, figure, "-o", out / f"{figure}.csv")
            self.assertEqual(drawn.returncode, DONE, drawn.stderr)

    def test_phases_are_mapped(self):
        run = self.run_it("markov/phases")
        out = self.workspace.folder / "phases"
        self.assertEqual(self.latent("export", run, "-o", out, "-a", "phase", "-a", "chains").returncode, DONE)
        self.assertEqual(self.column(out / "chains.csv"), [2, 8])
        phases = self.column(out / "phase.csv")
        self.assertEqual(len(phases), 4 * 9 * 3 * 2)  # checkpoints, thresholds, lengths, models
        self.assertTrue(all(phase in (0, 1, 2, 3) for phase in phases))

    def test_a_head_is_taken_away(self):
        run = self.run_it("markov/train")
        ended = self.latent("probe", run, "markov/ablate", "-p", "smoke", "-s", "layer=1", "--json")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertIn("kl_position_ablated", ended.stdout)
        self.assertIn("cost", ended.stdout)
        self.refuses(WRONG, ["no head 1", "2 layers of 1 heads"], "probe", run, "markov/ablate", "-s", "head=1")

    def test_a_diverging_training_says_so(self):
        ended = self.latent("run", "markov/train", "-p", "smoke", "-s", "learning_rate=10", "-s", "weight_decay=100", "-s", "clip=0")
        self.assertNotEqual(ended.returncode, DONE)
        self.assertIn("Lower 'learning_rate'", ended.stdout + ended.stderr)

    def test_chains_leave_as_csv(self):
        run = self.run_it("markov/chains")
        out = self.workspace.folder / "chains"
        self.assertEqual(self.latent("export", run, "-o", out, "-a", "transition", "-a", "tokens").returncode, DONE)
        rows = self.column(out / "transition.csv")
        self.assertEqual(len(rows), 4 * 3 * 3)
        for first in range(0, len(rows), 3):
            self.assertAlmostEqual(sum(rows[first:first + 3]), 1, places=12)
        self.assertEqual(len(self.column(out / "tokens.csv")), 8 * 32)

    def test_chains_come_back_from_a_run(self):
        chains = self.run_it("markov/chains", "-s", "seed=7")
        out = self.workspace.folder / "out"
        self.assertEqual(self.latent("export", chains, "-o", out).returncode, DONE)
        file = out / "chains.npz"
        rows = {name: self.column(out / f"{name}.csv") for name in ("transition", "stationary", "prior")}
        with zipfile.ZipFile(file) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), [f"{name}.npy" for name in rows])
            for name, shape in (("transition", (4, 3, 3)), ("stationary", (4, 3)), ("prior", (4,))):
                member = archive.read(f"{name}.npy")
                begin = 10 + int.from_bytes(member[8:10], "little")
                self.assertEqual((member[:8], begin % 64), (b"\x93NUMPY\x01\x00", 0))
                self.assertEqual(ast.literal_eval(member[10:begin].decode("latin-1")), {"descr": "<f8", "fortran_order": False, "shape": shape})
                for value, other in zip(struct.unpack(f"<{len(rows[name])}d", member[begin:]), rows[name], strict=True):
                    self.assertAlmostEqual(value, other, places=12)
        again = self.run_it("markov/chains", "-s", f"chain_file={file}")
        back = self.workspace.folder / "back"
        self.assertEqual(self.latent("export", again, "-o", back).returncode, DONE)
        for name in ("transition", "prior"):
            for value, other in zip(self.column(out / f"{name}.csv"), self.column(back / f"{name}.csv"), strict=True):
                self.assertAlmostEqual(value, other, places=12)
        self.run_it("markov/train", "-s", f"chain_file={file}", "-s", "chains=4")
        self.refuses(WRONG, ["holds 4 chains", "'chains'"], "run", "markov/train", "-p", "smoke", "-s", f"chain_file={file}")

    def test_files_are_those_of_where_a_run_was_asked_for(self):
        """Whoever goes on with it and from which folder: a file of the same name there is another one."""
        places = [self.workspace.folder / name for name in ("a", "b")]
        for place, stays in zip(places, (0.9, 0.6)):
            place.mkdir()
            (place / "c.csv").write_text(f"{stays},{1 - stays}\n{1 - stays},{stays}\n")
        words = ("markov/chains", "-p", "smoke", "-s", "states=2", "-s", "chains=1", "-s", "chain_file=c.csv")

        def ask(*more):
            made = self.latent("--workspace", self.workspace.folder, "run", *words, *more, cwd=places[0])
            self.assertEqual(made.returncode, DONE, made.stderr)
            return self.workspace.runs()[-1]

        def resume(run, *more):
            return self.latent("resume", run, *more, cwd=places[1])

        def first(run, out):
            self.assertEqual(self.latent("export", run, "-o", self.workspace.folder / out).returncode, DONE)
            return self.column(self.workspace.folder / out / "transition.csv")[0]
        run = ask("--queue")
        request = json.loads((run / "request.json").read_text())
        self.assertEqual(request["parameters"]["chain_file"], str(places[0] / "c.csv"))
        self.assertEqual(resume(run).returncode, DONE)
        self.assertAlmostEqual(first(run, "queued"), 0.9)

        run = ask("--queue")
        held = (places[0] / "c.csv").read_text()
        before = sorted(run.rglob("*"))
        account = (run / "events.ndjson").read_bytes()
        for change, word in ((lambda: (places[0] / "c.csv").write_text("0.5,0.5\n0.5,0.5\n"), "has changed"),
                             (lambda: (places[0] / "c.csv").unlink(), "is not there any more")):
            change()
            for more in ((), ("--detach",), ("--check",), ("--check", "--json")):
                self.refuses((REFUSED,), ["'chain_file'", str(places[0] / "c.csv"), word], "resume", run, *more)
            worker = self.latent("worker", run)
            self.assertEqual(worker.returncode, REFUSED, worker.stderr)
            self.assertEqual(sorted(run.rglob("*")), before)
            self.assertEqual((run / "events.ndjson").read_bytes(), account)
        (places[0] / "c.csv").write_text(held)
        self.assertEqual(resume(run).returncode, DONE)
        self.assertAlmostEqual(first(run, "back_again"), 0.9)

    def test_trainings_begin_with_the_weights_of_others(self):
        run = self.run_it("markov/train")
        out = self.workspace.folder / "trained"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        weights = out / "weights.safetensors"
        self.assertIn("  n_steps: 60", (out / "config.yaml").read_text())
        again = self.run_it("markov/train", "-s", f"initial_weights={weights}", "-s", "learning_rate=1e-12")
        more = self.workspace.folder / "more"
        self.assertEqual(self.latent("export", again, "-o", more).returncode, DONE)
        for begun, ended in zip(self.column(out / "weights.csv"), self.column(more / "weights.csv"), strict=True):
            self.assertAlmostEqual(begun, ended, delta=1e-6)  # at hardly any rate they stay where they began
        for setting in ("width=32", "layers=1", "heads=2", "positions=learned"):
            # Heads change no shape of a tensor, so only the file's own words tell them.
            self.refuses(WRONG, ["'initial_weights' cannot be used", "weights.safetensors"],
                         "run", "markov/train", "-p", "smoke", "-s", f"initial_weights={weights}", "-s", setting)

    def test_a_probe_refuses_a_run_without_weights(self):
        run = self.workspace.detach("markov/train", "-p", "smoke", "-s", "steps=1000000")
        self.workspace.wait_steps(run)
        self.refuses((REFUSED,), ["markov/ablate", "no weights"], "probe", run, "markov/ablate")

    def test_a_probe_opens_runs_of_what_its_manifest_says(self):
        run = self.run_it("markov/algorithms")
        self.refuses((REFUSED,), ['"markov/ablate" opens runs of markov/train; ', run.name, "is a run of markov/algorithms."], "probe", run, "markov/ablate")
        self.assertEqual(self.latent("probe", run, "markov/predict", "-p", "smoke").returncode, DONE)
        described = self.latent("describe", "markov/ablate", "--json")
        self.assertEqual(json.loads(described.stdout)["experiments"], ["markov/train"])
        self.assertIn("Opens runs of markov/train.", self.latent("describe", "markov/ablate").stdout)

    def test_a_gpu_is_not_pretended(self):
        for experiment in ("markov/phases", "markov/chains"):
            self.refuses((BAD_REQUEST,), [f"{experiment} computes on the CPU only"], "run", experiment, "-p", "smoke", "--device", "cuda")

    def test_a_gpu_that_is_not_here_is_said_before_there_is_a_run(self):
        before = self.workspace.runs()
        answer = self.latent("run", "markov/train", "-p", "smoke", "--device", "cuda:99")
        self.assertEqual(answer.returncode, BAD_REQUEST, answer.stderr)
        self.assertRegex(answer.stderr, 'no LibTorch part for the plugin "markov_mixtures"|but LibTorch sees (no|one|[0-9]+) GPU')
        self.assertEqual(self.workspace.runs(), before)

    def test_a_sweep_leaves_the_gpu_to_its_workers(self):
        spec = self.workspace.folder / "gpu.toml"
        spec.write_text('experiment = "markov/train"\npreset = "smoke"\ndevice = "cuda:99"\n[grid]\nseed = [1]\n')
        self.assertNotEqual(self.latent("sweep", spec).returncode, DONE)
        said = "".join((run / "events.ndjson").read_text() for run in self.workspace.runs())
        # The worker has opened the LibTorch part, which has found no such GPU; or has said that there is no part.
        self.assertRegex(said, 'LibTorch sees no such GPU|no LibTorch part for the plugin .*markov_mixtures')
        self.assertNotIn("The steps are computed by LibTorch", said)
        self.assertIn('"failed"', said)

    def test_small_runs_judge_nothing(self):
        run = self.run_it("markov/train")
        judged = json.loads(self.latent("claims", run, "--json").stdout)
        self.assertIn("too small to judge", json.dumps(judged))
        self.assertNotIn('"holds"', json.dumps(judged))

    def test_pytorch_loads_the_weights(self):
        try:
            import torch
        except ImportError:
            self.skipTest("There is no PyTorch here.")
        fixture = pathlib.Path(__file__).resolve().parents[1] / "learn"
        sys.path.insert(0, str(fixture))
        from make_transformer_fixture import Model
        run = self.run_it("markov/train")
        out = self.workspace.folder / "trained"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        whole = (out / "weights.safetensors").read_bytes()
        length = int.from_bytes(whole[:8], "little")
        header = json.loads(whole[8:8 + length])
        header.pop("__metadata__")
        state = {}
        for name, tensor in header.items():
            begin, end = (8 + length + offset for offset in tensor["data_offsets"])
            state[name] = torch.frombuffer(bytearray(whole[begin:end]), dtype=torch.float32).reshape(tensor["shape"]).double()
        tied = state.pop("lm_head.weight")
        self.assertTrue(torch.equal(tied, state["transformer.wte.weight"]))
        model = Model(dict(vocabulary=3, inputs=3, context=24, width=16, heads=1, layers=2, mlp_ratio=4, positions="rotary", bias=True, tied=True)).double()
        model.load_state_dict(state)  # strict: every name and shape
        # What the run says of attention on its example is what PyTorch finds with these weights.
        example = torch.tensor([int(x) for x in self.column(out / "example.csv")])
        published = torch.tensor(self.column(out / "attention.csv")).reshape(4, 2, len(example), len(example))[-1]
        x = model.transformer.wte(example[None])
        for layer, block in enumerate(model.transformer.h):
            q, k, _ = block.attn.c_attn(block.ln_1(x)).split(16, dim=2)
            angle = torch.outer(torch.arange(len(example), dtype=x.dtype), 10000.0 ** (-torch.arange(0, 16, 2, dtype=x.dtype) / 16))
            turn = torch.polar(torch.ones_like(angle), angle)
            q, k = (torch.view_as_real(torch.view_as_complex(z.reshape(1, len(example), -1, 2)) * turn).flatten(-2) for z in (q, k))
            score = (q @ k.transpose(-1, -2) / 4).masked_fill(torch.ones(len(example), len(example)).triu(1).bool(), -torch.inf)
            self.assertLess((score.softmax(-1)[0] - published[layer]).abs().max().item(), 1e-5)
            x = block(x)

    def test_the_probe_answers(self):
        ended = self.latent("probe", "-", "markov/predict", "-s", "states=3", "-s", "chains=4", "-s", "tokens=0,1,2", "--json")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertIn("prediction", json.dumps(json.loads(ended.stdout)))

    def test_what_is_refused(self):
        for assignment, *words in (("states=1", "states", "from 2"), ("chains=0", "chains"), ("context=500", "500", "sequence_length"),
                                   ("transition=[[0,1],[1,0]]", "transition", "2")):
            self.refuses(WRONG, words, "run", "markov/algorithms", "-s", assignment)
        self.refuses(WRONG, ["transition", "periodic"], "run", "markov/algorithms", "-s", "states=2", "-s", "transition=[[0,1],[1,0]]")
        self.refuses(WRONG, ["transition", "reducible"], "run", "markov/chains", "-s", "states=2", "-s", "transition=[[1,0],[0.5,0.5]]")
        for assignment, *words in (("context=24", "longer than the sequence", "'length'"), ("heads=3", "3"), ("mlp_ratio=-1", "mlp_ratio"), ("first_checkpoint=61", "'first_checkpoint'"),
                                   ("curriculum=9", "there are 8")):
            self.refuses(WRONG, words, "run", "markov/train", "-p", "smoke", "-s", assignment)
        self.refuses(WRONG, ["GB", "lower 'chains'"], "run", "markov/chains", "-s", "states=128", "-s", "chains=1000000")


if __name__ == "__main__":
    main()
