#!/usr/bin/env python3
"""Matrix products with PyTorch on the GPU slice in CUDA_VISIBLE_DEVICES: a workload for the probe `command`.

Prints one JSON line a block of products: {"rate": FLOP per second, ...}. Size and type from the command line:
  torch_matmul.py [SIZE] [bfloat16|float16|float32]
"""
import json
import sys
import time

import torch

if not torch.cuda.is_available():
    sys.exit("torch sees no GPU: run it on a slice of one (CUDA_VISIBLE_DEVICES), with a PyTorch built for CUDA")
size = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
dtype = getattr(torch, sys.argv[2] if len(sys.argv) > 2 else "bfloat16")
a, b = (torch.randn(size, size, device="cuda", dtype=dtype) for _ in range(2))
out = torch.empty_like(a)


def seconds(count):
    """Device time of some products, by events, and when they were done by the host's clock."""
    first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start = time.monotonic_ns()
    first.record()
    for _ in range(count):
        torch.matmul(a, b, out=out)
    last.record()
    last.synchronize()
    return first.elapsed_time(last) / 1e3, start, time.monotonic_ns()


seconds(3)  # loads the kernels
one = seconds(3)[0] / 3
block = max(1, round(0.02 / one))
while True:
    taken, start, end = seconds(block)
    print(json.dumps({"rate": 2 * size**3 * block / taken, "start_ns": start, "end_ns": end}), flush=True)
