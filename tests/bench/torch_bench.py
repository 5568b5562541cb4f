"""Times cases of tests/bench/cases.ts in PyTorch on the same cores; started by `deno task bench`.

One case a line of JSON on standard input, one line of JSON with least times in seconds for each: first
{"seconds", "threads"} -> {"version"}, then {"matmul": size} -> {"forward"}, {"convolution": {...}} -> {"forward", "input",
"weight"}, {"layer": name, "channels", "size", "batch"} -> {"forward", "training"} or {"step": "recogniser" or "generator", "batch",
"classes"} -> {"step"}.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
import torch_training


def least(run):
    run()
    best, begin, runs = float("inf"), time.perf_counter(), 0
    while runs < 3 or time.perf_counter() - begin < settings["seconds"]:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
        runs += 1
    return best


def noise(*shape):
    return torch.rand(shape) * 2 - 1


@torch.no_grad()
def matmul(size):
    a, b = noise(size, size), noise(size, size)
    return {"forward": least(lambda: a @ b)}


@torch.no_grad()
def convolution(case):
    k, s, size, batch = case["kernel"], case["stride"], case["size"], case["batch"]
    x, w = noise(batch, case["inputs"], size, size), noise(case["outputs"], case["inputs"], k, k)
    g = torch.empty_like(F.conv2d(x, w, stride=s, padding=1)).uniform_(-1, 1)

    def backward(*mask):
        return torch.ops.aten.convolution_backward(g, x, w, None, [s, s], [1, 1], [1, 1], False, [0, 0], 1, list(mask))

    return {
        "forward": least(lambda: F.conv2d(x, w, stride=s, padding=1)),
        "input": least(lambda: backward(True, False, False)),
        "weight": least(lambda: backward(False, True, False)),
    }


LAYERS = {
    "prelu": lambda x, s, b: F.prelu(x, s),
    "silu": lambda x, s, b: F.silu(x),
    "leakyRelu": lambda x, s, b: F.leaky_relu(x, 0.1),
    "groupNorm": lambda x, s, b: F.group_norm(x, 8, s, b, 1e-6),
    "batchNorm": lambda x, s, b: F.batch_norm(x, None, None, s, b, True),
}


def layer(name, batch, c, size):
    x, s, b = (t.requires_grad_() for t in (noise(batch, c, size, size), noise(c), noise(c)))
    g = noise(batch, c, size, size)

    def forward():
        with torch.no_grad():
            LAYERS[name](x, s, b)

    def training():
        torch.autograd.grad(LAYERS[name](x, s, b), [x, s, b], g, allow_unused=True)

    return {"forward": least(forward), "training": least(training)}


def answer(job):
    if "matmul" in job:
        return matmul(job["matmul"])
    if "convolution" in job:
        return convolution(job["convolution"])
    if job.get("step") == "recogniser":
        return {"step": least(torch_training.recogniser(job["batch"], job["classes"]))}
    if job.get("step") == "generator":
        return {"step": least(torch_training.generator(job["batch"]))}
    return layer(job["layer"], job["batch"], job["channels"], job["size"])


settings = json.loads(sys.stdin.readline())
torch.set_num_threads(settings["threads"])
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
