"""The same figures by PyTorch: device copy, pinned copies over the link, a bf16 matrix product. One JSON object, medians, SI."""
import json
import statistics

import torch


def rate(work, amount, runs=31):
    rates = []
    for i in range(runs + 3):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        if i >= 3:
            rates.append(amount / (start.elapsed_time(end) * 1e-3))
    return statistics.median(rates)


size = 1 << 30
a, b = torch.empty(size, dtype=torch.uint8, device="cuda"), torch.randint(0, 255, (size,), dtype=torch.uint8, device="cuda")
host = torch.randint(0, 255, (size // 4,), dtype=torch.uint8).pin_memory()
x, y = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16), torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
print(json.dumps({
    "device": torch.cuda.get_device_name(0),
    "torch": torch.__version__,
    "mem.copy": rate(lambda: a.copy_(b), 2 * size),
    "link.h2d": rate(lambda: a[: size // 4].copy_(host, non_blocking=True), size // 4),
    "link.d2h": rate(lambda: host.copy_(a[: size // 4], non_blocking=True), size // 4),
    "compute.bf16": rate(lambda: torch.matmul(x, y), 2 * 8192**3),
}))
