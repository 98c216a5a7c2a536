#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""record_hidden_states.py on tiny random models of every family: its sums are those of the hidden states that transformers gives, its
masses those of the full softmax. Exit code 77 without transformers."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
try:
    import torch
    import transformers
except ImportError as missing:
    print(f"This Python has no transformers or torch ({missing}).")
    sys.exit(77)
import record_hidden_states as tool


class Words:
    bos_token_id = 1

    def encode(self, text, add_special_tokens):
        return [2 + tool.WORDS.index(text.strip())] if text.strip() in tool.WORDS else [3, 4]


def models():
    yield transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=30, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=128, bos_token_id=1, eos_token_id=2))
    yield transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=30, n_embd=16, n_layer=2, n_head=2, n_positions=128, bos_token_id=1, eos_token_id=2))
    yield transformers.GPTNeoXForCausalLM(transformers.GPTNeoXConfig(vocab_size=30, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2))


torch.manual_seed(0)
for model in models():
    model.eval()
    prompts = tool.grid_prompts(3, 60, 2, 5)
    assert all(abs(a % 3 - b % 3) + abs(a // 3 - b // 3) == 1 for p in prompts for a, b in zip(p["node_ids"], p["node_ids"][1:]))
    prompts[1]["follows"] = [t % 2 == 0 for t in range(60)]  # as if they were pairs: at their ends nothing is expected
    arrays, metadata = tool.record(tool.reader_of(model), Words(), prompts, 20, 4, "cpu")
    assert arrays["pooled_sum"].shape == (3, 4, 9, 16) and arrays["context"][-1] == 60, arrays["pooled_sum"].shape
    sums, counts, mass = torch.zeros(2, 9, 16), torch.zeros(9), []
    for prompt in prompts:
        ids = prompt["node_ids"]
        with torch.no_grad():
            out = model(torch.tensor([[1] + [2 + i for i in ids]]), output_hidden_states=True)
        for layer in range(2):  # the last one of transformers is after the final norm
            sums[layer].index_add_(0, torch.tensor(ids[-20:]), out.hidden_states[layer][0, -20:])
        counts.index_add_(0, torch.tensor(ids[-20:]), torch.ones(20))
        near = {i: [j for a, b in prompt["edges"] for j in ((b,) if a == i else (a,) if b == i else ())] for i in range(9)}
        p = torch.softmax(out.logits[0, 1:], -1)
        mass += [p[t, [2 + j for j in near[i]]].sum().item() if prompt.get("follows", [True] * 60)[t] else float("nan") for t, i in enumerate(ids)]
    assert torch.allclose(arrays["pooled_sum"][:2, -1], sums, atol=1e-4), (arrays["pooled_sum"][:2, -1] - sums).abs().max()
    assert torch.equal(arrays["pooled_count"][-1], counts)
    assert torch.allclose(arrays["neighbour_mass"], torch.tensor(mass), atol=1e-5, equal_nan=True) and arrays["neighbour_mass"].isnan().sum() == 30
    assert arrays["prompt_offsets"].tolist() == [0, 60, 120] and metadata["window"] == "20"
# A reader of one's own, and two graphs: whose turn it is says in which of them a neighbour ought to come.
turns, seen = [0, 1, 1, 0], []


def uniform(ids):
    seen.append(ids.tolist())
    return [torch.full((ids.shape[1], 3), float(layer)) for layer in range(4)], torch.zeros(ids.shape[1], 10)


arrays, _ = tool.record(uniform, Words(), [{"words": tool.WORDS[:4], "node_ids": [0, 1, 2, 3], "edges": [[0, 1], [2, 3]], "edges_second": [[0, 1], [1, 2], [1, 3]], "turn_of": turns, "follows": [True, True, True, False]}], 4, 1, "cpu")
assert seen == [[[1, 2, 3, 4, 5]]], seen
assert torch.allclose(arrays["neighbour_mass"], torch.tensor([0.1, 0.3, 0.1, float("nan")]), equal_nan=True), arrays["neighbour_mass"]
assert torch.equal(arrays["pooled_sum"][:, 0, :, 0], torch.arange(4.0)[:, None].expand(4, 4)) and arrays["layer"].tolist() == [0, 1, 2, 3]
try:
    tool.record(uniform, Words(), [{"words": tool.WORDS[:4], "node_ids": [0, 1], "edges": [[0, 1]], "turn_of": [0]}], 4, 1, "cpu")
    sys.exit("whose turn it is was not known for every word, and that was not said")
except SystemExit as refusal:
    assert "'turn_of' has 1 entries" in str(refusal), refusal
try:
    tool.token_of(Words(), "antidisestablishment")
    sys.exit("a word of two tokens was not refused")
except SystemExit as refusal:
    assert "is 2 tokens" in str(refusal), refusal
print("ok")
