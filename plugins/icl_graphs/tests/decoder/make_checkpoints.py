#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tiny random checkpoints of every family and variant that the decoder reads, and what `transformers` computes with them.

    make_checkpoints.py FOLDER [NAME …]

For each: FOLDER/NAME/{config.json, model*.safetensors, tokenizer.json} and FOLDER/NAME/expected.safetensors with tokens [T],
logits [T, vocabulary], hidden [layers + 1, T, width] (the last one after the final norm, as transformers has it) and attention
[layers, heads, T, T]. Exit code 77 without transformers: the test is then skipped.
"""
import json
import pathlib
import sys

try:
    import torch
    import transformers
    from safetensors.torch import save_file
except ImportError as missing:
    print(f"This Python has no transformers, torch or safetensors ({missing}).")
    sys.exit(77)

LLAMA = dict(vocab_size=40, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, rms_norm_eps=1e-5, tie_word_embeddings=False, bos_token_id=1)
GPT2 = dict(vocab_size=40, n_embd=32, n_layer=2, n_head=4, n_positions=96)
NEOX = dict(vocab_size=40, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=96)
SCALED = dict(original_max_position_embeddings=16)


def llama(**changes):
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**LLAMA, **changes}))


def rope(**parameters):
    return llama(head_dim=16, rope_scaling={"rope_theta": 10000.0, **parameters}, max_position_embeddings=64)


FIXTURES = ("llama", "gpt2", "neox")  # these three lie in fixtures/ too, so they are short

VARIANTS = {
    "llama": lambda: llama(),
    "llama_mha": lambda: llama(num_key_value_heads=4),
    "llama_mqa_tied": lambda: llama(num_key_value_heads=1, tie_word_embeddings=True),
    "llama_wide_heads": lambda: llama(head_dim=24, rope_theta=500000.0),
    "llama_bias": lambda: llama(attention_bias=True),
    "llama_linear": lambda: rope(rope_type="linear", factor=4.0),
    "llama_dynamic": lambda: rope(rope_type="dynamic", factor=2.0),
    "llama_llama3": lambda: rope(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, **SCALED),
    "llama_yarn": lambda: rope(rope_type="yarn", factor=4.0, **SCALED),
    "gpt2": lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config(**GPT2)),
    "gpt2_gelu": lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config(**{**GPT2, "activation_function": "gelu", "n_inner": 50})),
    "neox": lambda: transformers.GPTNeoXForCausalLM(transformers.GPTNeoXConfig(**NEOX)),
    "neox_sequential": lambda: transformers.GPTNeoXForCausalLM(transformers.GPTNeoXConfig(**{**NEOX, "use_parallel_residual": False, "rotary_pct": 1.0, "hidden_act": "gelu_new"})),
}


def write(folder, name, model, tokens=90, dtype=torch.float32, shards=False):
    torch.manual_seed(sum(map(ord, name)))
    with torch.no_grad():
        for parameter in model.parameters():
            # Larger than at initialisation, so that attention is not flat and every branch matters; norms around 1.
            parameter.normal_(0, 0.3)
            if parameter.dim() == 1:
                parameter.add_(1.0)
            parameter.copy_(parameter.to(dtype))  # only these: rotary frequencies stay as they are
    model.eval()
    model.config._attn_implementation = "eager"
    place = pathlib.Path(folder) / name
    place.mkdir(parents=True, exist_ok=True)
    limit = model.config.max_position_embeddings
    ids = torch.randint(0, 40, (1, min(tokens, limit) if name.startswith("gpt2") else tokens))
    with torch.no_grad():
        out = model(ids, output_hidden_states=True, output_attentions=True)
    save_file({"tokens": ids[0].to(torch.int64), "logits": out.logits[0].contiguous(), "hidden": torch.stack(out.hidden_states)[:, 0].contiguous(),
               "attention": torch.stack(out.attentions)[:, 0].contiguous()}, str(place / "expected.safetensors"))
    model.to(dtype).save_pretrained(place, max_shard_size="8KB" if shards else "1GB")
    words = {f"\u0120word{i}": i for i in range(40)}
    (place / "tokenizer.json").write_text(json.dumps({"model": {"type": "BPE", "vocab": words}}))


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    for name, make in VARIANTS.items():
        if not wanted or name in wanted:
            write(folder, name, make(), tokens=40 if name in FIXTURES else 90)
    if not wanted or "llama_half" in wanted:
        write(folder, "llama_half", llama(), dtype=torch.float16)
    if not wanted or "llama_bfloat_shards" in wanted:
        write(folder, "llama_bfloat_shards", llama(), dtype=torch.bfloat16, shards=True)


main()
