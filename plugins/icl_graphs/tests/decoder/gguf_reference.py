#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `transformers` computes with a GGUF model, dequantised to float32.

    gguf_reference.py MODEL.gguf OUT.safetensors [TOKENS]

OUT holds tokens [T], logits [T, vocabulary], hidden [layers + 1, T, width], and both with the suffix _double as computed in float64 (rotary
angles stay in float32). Exit code 77 without transformers, accelerate or gguf.
"""
import os
import pathlib
import sys

try:
    import accelerate  # noqa: F401
    import gguf  # noqa: F401
    import torch
    import transformers
    from safetensors.torch import save_file
except ImportError as missing:
    print(f"This Python has no transformers, accelerate, gguf, torch or safetensors ({missing}).")
    sys.exit(77)

model_path, out = pathlib.Path(sys.argv[1]), sys.argv[2]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 96
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
model = transformers.AutoModelForCausalLM.from_pretrained(str(model_path.parent), gguf_file=model_path.name, dtype=torch.float32).eval()
# Words in and out of order, from all of the vocabulary.
ids = torch.tensor([[(i * 7919 + i * i * 31) % model.config.vocab_size for i in range(count)]])
ids[0, 0] = 1
with torch.inference_mode():
    single = model(ids, output_hidden_states=True)
    double = model.double()(ids, output_hidden_states=True)
arrays = {"tokens": ids[0]}
for name, result in (("", single), ("_double", double)):
    arrays["logits" + name] = result.logits[0].float().contiguous()
    arrays["hidden" + name] = torch.stack(result.hidden_states)[:, 0].float().contiguous()
save_file(arrays, out)
