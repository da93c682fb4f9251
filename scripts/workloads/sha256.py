#!/usr/bin/env python3
"""How fast the processors of a slice hash memory: a workload for the probe `command` that runs on any machine.

Prints one JSON line a block of work: {"rate": bytes per second, "start_ns": ..., "end_ns": ...}. Times are CLOCK_MONOTONIC,
the clock of the lab, so the lab knows exactly when the work was done. Threads: GPULAB_THREADS, one for each processor.
"""
import hashlib
import json
import os
import threading
import time

BLOCK = 16 << 20
THREADS = int(os.environ.get("GPULAB_THREADS", "1"))
DATA = [os.urandom(BLOCK) for _ in range(THREADS)]


def hash_block(number):
    # hashlib lets go of the interpreter's lock while it works on a large block.
    hashlib.sha256(DATA[number]).digest()


def work():
    others = [threading.Thread(target=hash_block, args=(n,)) for n in range(1, THREADS)]
    for thread in others:
        thread.start()
    hash_block(0)
    for thread in others:
        thread.join()


work()  # once before anything is timed
while True:
    start = time.monotonic_ns()
    work()
    end = time.monotonic_ns()
    print(json.dumps({"rate": BLOCK * THREADS * 1e9 / (end - start), "start_ns": start, "end_ns": end}), flush=True)
