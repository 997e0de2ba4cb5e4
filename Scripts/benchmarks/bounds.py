"""What the machine does at most, as JSON: products of matrices in FLOP/s, and reads of memory in bytes/s. Run by Scripts/benchmark:

    bounds.py THREADS
"""

import json
import sys
import time

import torch

SIDE = 1536
# Far beyond any cache.
BYTES = 1 << 29


def best(work, times=7):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    matrix, memory = torch.rand(SIDE, SIDE), torch.rand(BYTES // 4)
    print(json.dumps({"flops": 2 * SIDE**3 / best(lambda: matrix @ matrix), "bandwidth": BYTES / best(memory.sum)}))


main()
