"""Attribute operation as the reference does it, timed with its peak memory; started by `deno task bench:attrop`.

python attrop_bench.py JOB.json METHOD prints JSON, a line for each iteration, {"iteration"}, then one with the results:
{"iterations": [seconds], "evaluations", "seconds", "cpuSeconds", "accepted", "losses", "loadedBytes", "peakBytes", "matmulGflops",
"version"}, or {"missing": package}. METHOD is "as the reference", where weights have gradients that nobody uses because nothing
freezes them, or "frozen".
"""

import json
import mmap
import resource
import sys
import time

path, method = sys.argv[1:]
job = json.load(open(path))


def say(**line):
    print(json.dumps(line), flush=True)


try:
    import torch
    import torch_attrop
except ImportError as error:
    say(missing=error.name)
    sys.exit()

torch.set_num_threads(job["threads"])


def read_safetensors(path):
    """Tensors of a file of float32, in place."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    return {
        name: torch.frombuffer(data, dtype=torch.float32, offset=8 + length + entry["data_offsets"][0],
                               count=(entry["data_offsets"][1] - entry["data_offsets"][0]) // 4).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def matmul_rate(size, seconds):
    a, b = torch.rand(size, size), torch.rand(size, size)
    least, begin = float("inf"), time.perf_counter()
    while time.perf_counter() - begin < seconds or least == float("inf"):
        start = time.perf_counter()
        a @ b
        least = min(least, time.perf_counter() - start)
    return 2 * size**3 / least / 1e9


rate = matmul_rate(1024, job["matmulSeconds"])
networks = {}
for name, file in job["files"].items():
    tensors = read_safetensors(file)
    if method != "frozen":
        for key, tensor in tensors.items():
            if "running_" not in key:
                tensor.requires_grad_(True)
    networks[name] = (torch_attrop.Weights(tensors), job["configs"][name])
loaded = peak()
tensor = torch.tensor
iterations, losses, accepted, spent, processor = [], [], 0, 0.0, 0.0
for samples in job["batches"]:
    column = lambda name: [sample[name] for sample in samples]
    vectors, classes = tensor(column("vector")), tensor(column("identity"))
    keep, masked = tensor(column("keep")), tensor(column("masked")).bool()
    quality, target = tensor(column("quality")), tensor(column("yaw"))
    began, cpu = time.perf_counter(), time.process_time()
    image, more, seconds = torch_attrop.gen_image(
        networks, vectors, keep, masked, classes, quality, target, job["cap"])
    spent, processor = spent + time.perf_counter() - began, processor + time.process_time() - cpu
    with torch.no_grad():
        found = torch_attrop.misses(networks, image, classes, quality, target)
    inside = [miss <= limit for miss, limit in zip(found, job["thresholds"])]
    accepted += int(torch.stack(inside).all(0).sum())
    iterations += seconds
    losses.append(more)
    say(iteration=len(iterations))
    del image
evaluations = sum(len(more) for more in losses) * len(job["batches"][0])
say(iterations=iterations, evaluations=evaluations, seconds=spent, cpuSeconds=processor, accepted=accepted, losses=losses,
    loadedBytes=loaded, peakBytes=peak(), matmulGflops=rate, version=torch.__version__)
