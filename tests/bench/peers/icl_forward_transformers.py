#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The peer of bench_icl_forward: `transformers` reads the same GGUF file (dequantised to float32) and gives all hidden states and the sums of the
softmax. Needs transformers, accelerate, gguf and torch. Prints one line of JSON.

    icl_forward_transformers.py --model SmolLM2-135M-Instruct.Q4_1.gguf --tokens 1400 --threads 2
"""
import argparse
import json
import pathlib
import resource
import statistics
import time

import torch
import transformers

parser = argparse.ArgumentParser()
parser.add_argument("--model", type=pathlib.Path, required=True)
parser.add_argument("--tokens", type=int, default=1400)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--passes", type=int, default=3)
options = parser.parse_args()
torch.set_num_threads(options.threads)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
model = transformers.AutoModelForCausalLM.from_pretrained(str(options.model.parent), gguf_file=options.model.name, dtype=torch.float32).eval()
ids = torch.tensor([[(i * 7919 + i * i * 31) % model.config.vocab_size for i in range(options.tokens)]])
walls, cpus, check = [], [], 0
with torch.inference_mode():
    for number in range(options.passes + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        result = model(ids, output_hidden_states=True, use_cache=False)
        check = torch.logsumexp(result.logits, -1).sum().item() / options.tokens
        if number > 0:
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        del result
print(json.dumps({"bench": "icl_forward_transformers", "tokens": options.tokens, "seconds": round(statistics.median(walls), 4), "cpu_seconds": round(statistics.median(cpus), 4),
                  "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1), "check": check, "versions": [transformers.__version__, torch.__version__]}))
