#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin markov_mixtures as a user meets it: a run, its claims, its export, and what the command line refuses."""
import csv
import json

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

    def test_chains_leave_as_csv(self):
        run = self.run_it("markov/chains")
        out = self.workspace.folder / "chains"
        self.assertEqual(self.latent("export", run, "-o", out, "-a", "transition", "-a", "tokens").returncode, DONE)
        rows = self.column(out / "transition.csv")
        self.assertEqual(len(rows), 4 * 3 * 3)
        for first in range(0, len(rows), 3):
            self.assertAlmostEqual(sum(rows[first:first + 3]), 1, places=12)
        self.assertEqual(len(self.column(out / "tokens.csv")), 8 * 32)

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
        self.refuses(WRONG, ["GB", "lower 'chains'"], "run", "markov/chains", "-s", "states=128", "-s", "chains=1000000")


if __name__ == "__main__":
    main()
