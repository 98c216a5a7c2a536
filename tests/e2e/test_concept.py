#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The diffusion half of the plugin concept_space as a user meets it: a run, its claims, files and probe, a kill in the middle, and what is refused."""
import ast
import json
import math
import random
import struct
import zipfile
import zlib

from workbench import BAD_REQUEST, DONE, FAILED, REFUSED, Case, computing, kill, main, supervisor

WRONG = (BAD_REQUEST, REFUSED)
VECTOR = ("concept/diffusion", "-p", "vector", "-s", "steps=500", "-s", "checkpoints=4", "-s", "samples=16", "-s", "class_samples=8", "-s", "scan_samples=8", "-t", "1")
CLAIMS = ("signal_sets_speed", "memorised_first", "turn_at_capability", "capability_precedes_prompting", "masking_delays", "bend_changes_side", "late_speed_falls")


def png(path, colour, side=12):
    """A picture of one colour."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * side) * side
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def own_images(folder, classes=(0, 1, 2, 3)):
    """Ten pictures of each combination of two attributes, red for the first and green for the second, and the table that says so."""
    folder.mkdir()
    lines = ["file,Hat,Smile"]
    for c in classes:
        for i in range(10):
            png(folder / f"{c}-{i}.png", (255 * (c >> 1), 255 * (c & 1), 20 * i))
            lines.append(f"{c}-{i}.png,{c >> 1},{c & 1}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


class Concept(Case):
    def setUp(self):
        super().setUp()
        if "concept/diffusion" not in self.latent("experiments").stdout:
            self.skipTest("The plugin concept_space is not built here.")

    def smoke(self, *words):
        ended = self.latent("run", "concept/diffusion", "-p", "smoke", *words)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return self.workspace.runs()[-1]

    def test_a_run_its_claims_and_its_files(self):
        run = self.smoke()
        out = self.workspace.folder / "out"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        for name in ("coordinates", "capability", "learning_time", "turn_step", "samples", "weights"):
            self.assertTrue((out / f"{name}.csv").is_file(), name)
        whole = (out / "weights.safetensors").read_bytes()
        header = json.loads(whole[8:8 + int.from_bytes(whole[:8], "little")])
        self.assertEqual(header["input.weight"]["shape"], [16, 3, 3, 3])
        self.assertIn("latent.unet", header["__metadata__"])
        self.assertEqual((out / "weights-24.safetensors").read_bytes(), whole)
        self.assertNotEqual((out / "weights-6.safetensors").read_bytes(), whole)
        judged = self.latent("claims", run, "--json")
        self.assertEqual(judged.returncode, DONE, judged.stderr)
        for claim in CLAIMS:
            self.assertIn(claim, judged.stdout)
        for figure in ("concept_space", "elicitation", "concept_distance", "unlearned_share"):
            drawn = self.latent("figure", run, figure, "-o", out / f"{figure}.csv")
            self.assertEqual(drawn.returncode, DONE, drawn.stderr)

    def test_the_probe_draws(self):
        run = self.smoke()
        ended = self.latent("probe", run, "concept/draw", "-p", "smoke", "-s", "colour=-0.4", "-s", "strength=1", "--json")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertIn("samples", ended.stdout)
        self.refuses((FAILED,), ["drop_condition"], "probe", run, "concept/draw", "-s", "guidance=2")
        self.refuses((FAILED,), ["'kept'"], "probe", run, "concept/draw", "-s", "kept=77")

    def test_killed_and_resumed_it_draws_the_same(self):
        """Killed twice in the middle (the second time in a resumed attempt), it ends with the same content."""
        words = (*VECTOR, "-s", "steps=1000")
        whole = self.workspace.detach(*words)
        self.assertEqual(self.workspace.wait_end(whole)["state"], "done")
        run = self.workspace.detach(*words)
        choose = random.Random(7)
        killed = 0
        for attempt in (1, 2):
            least = choose.uniform(0.05, 0.3) * attempt
            self.workspace.wait(run, lambda s: s["attempt"] == attempt and s["fraction"] > least or s["state"] not in ("queued", "running"), "some steps")
            victims = supervisor(run), computing(run)
            killed += sum([kill(pid) for pid in reversed(victims)])
            ended = self.workspace.wait_end(run)
            self.assertNotEqual(ended["state"], "done", "The run ended before it could be killed; make it longer.")
            if attempt == 1:
                resumed = self.workspace.start("resume", run)
                self.workspace.wait_steps(run, attempt=2)
                resumed.kill()
        self.assertGreaterEqual(killed, 2, "Nobody was there to kill.")
        ended = self.latent("resume", run)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertEqual(self.workspace.show(run)["content_digest"], self.workspace.show(whole)["content_digest"])

    def test_images_leave_as_csv(self):
        ended = self.latent("run", "concept/images", "-p", "smoke")
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        out = self.workspace.folder / "images"
        self.assertEqual(self.latent("export", self.workspace.runs()[-1], "-o", out, "-a", "image_condition", "-a", "concept_signal").returncode, DONE)

    def test_own_images_are_learned_from(self):
        folder = own_images(self.workspace.folder / "faces")
        words = ("-s", f"folder={folder}", "-s", "first_attribute=Hat", "-s", "second_attribute=Smile")
        shown = self.latent("run", "concept/images", "-p", "smoke", *words)
        if "without libpng" in shown.stdout + shown.stderr:
            self.skipTest("Built without libpng.")
        self.assertEqual(shown.returncode, DONE, shown.stderr)
        run = self.smoke(*words)
        out = self.workspace.folder / "own"
        self.assertEqual(self.latent("export", run, "-o", out).returncode, DONE)
        self.assertEqual((out / "samples.png").read_bytes()[:4], b"\x89PNG")
        with zipfile.ZipFile(out / "samples.npz") as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), ["samples.npy", "coordinates.npy"])
            for name, rank, last in (("samples", 5, 3), ("coordinates", 2, 2)):  # channels; concepts
                member = archive.read(f"{name}.npy")
                begin = 10 + int.from_bytes(member[8:10], "little")
                head = ast.literal_eval(member[10:begin].decode("latin-1"))
                self.assertEqual((member[:8], begin % 64, head["fortran_order"]), (b"\x93NUMPY\x01\x00", 0, False))
                self.assertEqual((len(head["shape"]), head["shape"][0], head["shape"][-1]), (rank, 4, last))
                self.assertEqual(len(member) - begin, int(head["descr"][2:]) * math.prod(head["shape"]))
        drawn = self.latent("probe", run, "concept/draw", "-p", "smoke", "-s", "colour=1", "-s", "radius=1", "--json")
        self.assertEqual(drawn.returncode, DONE, drawn.stderr)
        one = own_images(self.workspace.folder / "one", classes=(2,))
        (folder / "0-0.png").write_text("no image")
        for words_of_it, words_wanted in ((("concept/images", "-s", f"folder={one}"), ("not Hat", "8 or more")), (("concept/diffusion", *words), ("0-0.png",))):
            ended = self.latent("run", words_of_it[0], "-p", "smoke", *words_of_it[1:])
            self.assertEqual(ended.returncode, FAILED, ended.stderr)
            for word in words_wanted:
                self.assertIn(word, ended.stdout + ended.stderr)
        self.refuses(WRONG, ["'side'"], "run", "concept/images", "-s", "side=100", *words)

    def test_a_diverging_training_says_so(self):
        ended = self.latent("run", "concept/diffusion", "-p", "smoke", "-s", "learning_rate=1", "-s", "init_scale=10", "-s", "weight_decay=10", "-s", "clip=0", "-s", "steps=400", "-s", "checkpoints=3")
        self.assertNotEqual(ended.returncode, DONE)
        self.assertIn("Lower 'learning_rate'", ended.stdout + ended.stderr)

    def test_what_is_refused(self):
        for assignment, *words in (("mask=1.5", "mask", "1"), ("sep_colour=2", "sep_colour"), ("widths=20", "multiples of 16"), ("guidance=2", "'drop_condition'"),
                                   ("first_checkpoint=99", "'first_checkpoint'"), ("side=9000", "side")):
            self.refuses(WRONG, words, "run", "concept/diffusion", "-p", "smoke", "-s", assignment)


if __name__ == "__main__":
    main()
