#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what a language model holds and predicts while it reads walks over words, small enough to carry home.

    record_hidden_states.py --model meta-llama/Llama-3.1-8B --prompts prompts.json --out llama.safetensors
    record_hidden_states.py --model gpt2 --grid 4 --length 1000 --prompts-count 16 --out gpt2.safetensors

Needs torch, transformers and safetensors, and for large models a GPU. For each layer and each end of a context the states of the last WINDOW
words are summed by node: the file holds sums and counts, not tokens, so Llama-3.1-8B with 33 layers and 8 contexts on 16 nodes takes 69 MB.
Read it with `latent run icl/analysis --set recording=llama.safetensors`.

Layout (what icl/analysis reads):
    pooled_sum [layer, context, node, dim] float32   pooled_count [context, node] float32   context [context] int64   layer [layer] int64
    node_ids [prompts * length] int64   prompt_offsets [prompts + 1] int64   neighbour_mass [prompts * length] float32
    metadata: words (JSON), model, window, convention, bos, edges (JSON)
Layer 0 is the embedding, layer i the residual stream after i blocks, before any final norm (hooks on the blocks; output_hidden_states of
transformers gives the last one after the norm). neighbour_mass is the probability, over the full vocabulary, of the valid neighbours of
each word; not a number where "follows" says that no neighbour is to come (the end of a pair).

prompts.json: a list of {"words": [...], "node_ids": [...], "edges": [[a, b], ...], "follows": [true, ...]}, or one of them; "follows" may be
left out. Where two graphs take turns, "edges_second" has the other one's edges and "turn_of" says for each word which (0 or 1) makes the
step from it; a neighbour is then one in that graph. A run of the source icl/graphs leaves such a file: `latent run icl/graphs`. Without it,
--grid M makes walks on an M by M grid of the paper's words.

Where the model runs in TransformerLens or nnsight, hand record() a function of your own that reads a prompt: it gets token ids [1, tokens]
and returns the residual stream before each block and after the last, [layers + 1] times [tokens, dim], and the logits [tokens, vocabulary].
Everything else, and the file, stays the same:

    from safetensors.torch import save_file
    from transformer_lens.model_bridge import TransformerBridge
    import record_hidden_states as rec

    # The bridge keeps the weights as they are. Of a HookedTransformer take from_pretrained_no_processing: folded norms and
    # centred weights change the residual stream.
    lens = TransformerBridge.boot_transformers("gpt2")
    def read(ids):
        logits, kept = lens.run_with_cache(ids, names_filter=lambda name: "hook_resid" in name)
        states = [kept["resid_pre", i][0] for i in range(lens.cfg.n_layers)]
        return states + [kept["resid_post", lens.cfg.n_layers - 1][0]], logits[0]
    arrays, metadata = rec.record(read, lens.tokenizer, rec.grid_prompts(4, 1000, 16, 0), 50, 8, lens.cfg.device)
    save_file({name: array.contiguous() for name, array in arrays.items()}, "gpt2.safetensors", metadata)

    import nnsight, torch  # the same with nnsight; the tokenizer is model.tokenizer
    model = nnsight.LanguageModel("meta-llama/Llama-3.1-8B", device_map="auto")
    @torch.no_grad()
    def read(ids):
        with model.trace(ids):
            states = nnsight.save([block.input[0] for block in model.model.layers])
            after = model.model.layers[-1].output.save()
            logits = model.lm_head.output[0].save()
        after = after[0] if isinstance(after, tuple) else after
        return [*states, after.reshape(states[0].shape)], logits

Both give what the hooks here give (tried with TransformerLens 4.3 and nnsight 0.8, on a random Llama).
"""
import argparse
import json
import random
import sys

WORDS = "apple bird car egg house milk plane opera box sand sun mango rock math code phone".split()


class Pooled:
    """Sums of states by node over the last `window` words before each context."""

    def __init__(self, torch, layers, contexts, nodes, dim, window):
        self.torch, self.contexts, self.window = torch, contexts, window
        self.sums = torch.zeros(layers, len(contexts), nodes, dim, dtype=torch.float32)
        self.counts = torch.zeros(len(contexts), nodes, dtype=torch.float32)

    def add(self, layer, states, node_ids):
        """states [words, dim] of one prompt, BOS left out; counts are kept with layer 0."""
        states = states.float().cpu()
        ids = self.torch.as_tensor(node_ids)
        for c, end in enumerate(self.contexts):
            part = slice(max(0, end - self.window), min(end, len(node_ids)))
            self.sums[layer, c].index_add_(0, ids[part], states[part])
            if layer == 0:
                self.counts[c].index_add_(0, ids[part], self.torch.ones(len(ids[part])))


def grid_prompts(side, length, count, seed):
    if side * side > len(WORDS):
        sys.exit("--grid makes at most a 4 by 4 grid; write larger ones to prompts.json.")
    edges = [(r * side + c, r * side + c + 1) for r in range(side) for c in range(side - 1)]
    edges += [(r * side + c, (r + 1) * side + c) for r in range(side - 1) for c in range(side)]
    near = {i: [b if a == i else a for a, b in edges if i in (a, b)] for i in range(side * side)}
    draw, prompts = random.Random(seed), []
    for p in range(count):
        walk = [p % (side * side)]
        while len(walk) < length:
            walk.append(draw.choice(near[walk[-1]]))
        prompts.append({"words": WORDS[: side * side], "node_ids": walk, "edges": edges})
    return prompts


def token_of(tokenizer, word):
    ids = tokenizer.encode(" " + word, add_special_tokens=False)
    if len(ids) != 1:
        sys.exit(f"The word '{word}' is {len(ids)} tokens of this model's vocabulary; choose another word for its node.")
    return ids[0]


def blocks_of(model):
    for path in ("model.layers", "transformer.h", "gpt_neox.layers", "model.language_model.layers"):
        part = model
        for name in path.split("."):
            part = getattr(part, name, None)
        if part is not None:
            return part
    sys.exit(f"The blocks of a {type(model).__name__} are not known here; add their path to blocks_of().")


def contexts_of(length, count, first=16):
    ends = sorted({round(first * (length / first) ** (i / max(count - 1, 1))) for i in range(count)})
    return [e for e in ends if 0 < e <= length] or [length]


def reader_of(model):
    """Reads token ids [1, tokens] with a model of transformers: states [layers + 1] of [tokens, dim], logits [tokens, vocabulary]."""
    import torch

    blocks = blocks_of(model)

    def read(ids):
        seen = {}
        hooks = [block.register_forward_pre_hook(lambda _, args, kwargs, i=i: seen.__setitem__(i, (args[0] if args else kwargs["hidden_states"])[0].detach()), with_kwargs=True) for i, block in enumerate(blocks)]
        hooks.append(blocks[-1].register_forward_hook(lambda _, args, out: seen.__setitem__(len(blocks), (out[0] if isinstance(out, tuple) else out).reshape(ids.shape[1], -1).detach())))
        try:
            with torch.inference_mode():
                logits = model(ids, use_cache=False).logits[0]
        finally:
            for hook in hooks:
                hook.remove()
        return [seen[i] for i in range(len(blocks) + 1)], logits

    return read


def near_of(edges, nodes):
    return {i: sorted({b if a == i else a for a, b in edges if i in (a, b)}) for i in range(nodes)}


def record(read, tokenizer, prompts, window, context_count, device):
    """read: reader_of(model), or a function of your own."""
    import torch

    words, edges, others = prompts[0]["words"], prompts[0]["edges"], prompts[0].get("edges_second", [])
    if any(p["words"] != words or p["edges"] != edges or p.get("edges_second", []) != others for p in prompts):
        sys.exit("All prompts of one recording must have the same words and edges.")
    tokens = [token_of(tokenizer, w) for w in words]
    near = [near_of(edges, len(words)), near_of(others, len(words))]
    contexts = contexts_of(max(len(p["node_ids"]) for p in prompts), context_count)
    bos = tokenizer.bos_token_id
    pooled, masses, ids, offsets = None, [], [], [0]
    for number, prompt in enumerate(prompts):
        nodes = prompt["node_ids"]
        if min(nodes) < 0 or max(nodes) >= len(words):
            sys.exit(f"Prompt {number} names a node that has no word.")
        for name in ("follows", "turn_of"):
            if len(prompt.get(name, nodes)) != len(nodes):
                sys.exit(f"Prompt {number} has {len(nodes)} words, but '{name}' has {len(prompt[name])} entries.")
        lead = [] if bos is None else [bos]
        states, logits = read(torch.tensor([lead + [tokens[i] for i in nodes]], device=device))
        if pooled is None:
            pooled = Pooled(torch, len(states), contexts, len(words), states[0].shape[-1], window)
        for layer, state in enumerate(states):
            pooled.add(layer, state[len(lead):], nodes)
        logits, turn, mass = logits[len(lead):], prompt.get("turn_of", [0] * len(nodes)), torch.zeros(len(nodes))
        for first in range(0, len(nodes), 256):  # a softmax over 128,000 words for 256 positions at a time
            part = torch.softmax(logits[first:first + 256].float(), -1)
            for t in range(part.shape[0]):
                mass[first + t] = part[t, [tokens[v] for v in near[turn[first + t]][nodes[first + t]]]].sum().item()
        mass[[not f for f in prompt.get("follows", [])] + [False] * (len(nodes) - len(prompt.get("follows", [])))] = float("nan")
        masses.append(mass)
        ids += nodes
        offsets.append(len(ids))
        print(f"prompt {number + 1} of {len(prompts)}: neighbours get {mass[len(nodes) // 2:].nanmean():.3f} in the second half", file=sys.stderr)
    arrays = {"pooled_sum": pooled.sums, "pooled_count": pooled.counts, "context": torch.tensor(contexts), "layer": torch.arange(len(states)),
              "node_ids": torch.tensor(ids), "prompt_offsets": torch.tensor(offsets), "neighbour_mass": torch.cat(masses)}
    metadata = {"words": json.dumps(words), "edges": json.dumps(edges), "window": str(window), "bos": str(bos), "convention": "0: embedding; i: residual stream after i blocks, before the final norm"}
    return arrays, metadata


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="name or folder of a causal language model")
    parser.add_argument("--prompts", help="JSON file of prompts")
    parser.add_argument("--grid", type=int, default=4, help="side of the grid where no prompts are given")
    parser.add_argument("--length", type=int, default=1400, help="words of a prompt")
    parser.add_argument("--prompts-count", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--window", type=int, default=50, help="class means are over so many last words")
    parser.add_argument("--contexts", type=int, default=8)
    parser.add_argument("--device", default=None)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    try:
        import torch
        import transformers
        from safetensors.torch import save_file
    except ImportError as missing:
        sys.exit(f"This needs torch, transformers and safetensors: pip install torch transformers safetensors ({missing}).")
    if options.prompts:
        with open(options.prompts, encoding="utf-8") as file:
            prompts = json.load(file)
        prompts = prompts if isinstance(prompts, list) else [prompts]
    else:
        prompts = grid_prompts(options.grid, options.length, options.prompts_count, options.seed)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
    model = transformers.AutoModelForCausalLM.from_pretrained(options.model, dtype=dtype).to(device).eval()
    arrays, metadata = record(reader_of(model), tokenizer, prompts, options.window, options.contexts, device)
    metadata["model"] = options.model
    save_file({name: array.contiguous() for name, array in arrays.items()}, options.out, metadata)
    print(f"Wrote {options.out}. Look at it with: latent run icl/analysis --set recording={options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
