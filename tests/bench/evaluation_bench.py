"""One part of evaluation in Python, timed with its peak memory; started by `deno task bench:evaluation`.

python evaluation_bench.py PART JOB.json METHOD prints one line of JSON: {"seconds", "cpuSeconds", "peakBytes", "result", "version"}, or
{"missing": package} or {"skipped": why}. "accuracy" and "val" are the arithmetic of insightface's eval/verification.py
(recognition/arcface_torch); its VAL needs a spline that SciPy 1.10 and later refuse, so the spline is made directly. "tar" is
scikit-learn's roc_curve. "embed" is an IResNet of PyTorch with random weights.
"""

import json
import os
import resource
import sys
import time

part, path, method = sys.argv[1:]
job = json.load(open(path))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(job["threads"])


def end(**result):
    print(json.dumps(result))
    sys.exit()


try:
    import numpy as np

    if part == "embed":
        import torch
        import torch_training

        version = torch.__version__
    else:
        import sklearn
        from scipy.interpolate import BSpline
        from sklearn.metrics import roc_curve
        from sklearn.model_selection import KFold
        from sklearn.preprocessing import normalize

        version = sklearn.__version__
except ImportError as error:
    end(missing=error.name)


def finish(seconds, cpu, result):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    end(seconds=seconds, cpuSeconds=cpu, peakBytes=peak, result=result, version=version)


def once(run):
    start, cpu = time.perf_counter(), time.process_time()
    result = run()
    return time.perf_counter() - start, time.process_time() - cpu, result


LAYERS = {"18": [2, 2, 2, 2], "34": [3, 4, 6, 3], "50": [3, 4, 14, 3], "100": [3, 13, 30, 3]}


def embed():
    class IResNet(torch.nn.Module):
        def __init__(self):
            super().__init__()
            nn, block = torch.nn, torch_training.Block
            self.stem = nn.Sequential(nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64))
            widths, layers = [64, 64, 128, 256, 512], LAYERS[str(job["depth"])]
            self.stages = nn.Sequential(
                *(
                    nn.Sequential(block(a, b, 2), *(block(b, b, 1) for _ in range(count - 1)))
                    for a, b, count in zip(widths, widths[1:], layers)
                )
            )
            self.bn2, self.fc, self.features = nn.BatchNorm2d(512), nn.Linear(512 * 49, 512), nn.BatchNorm1d(512)

        def forward(self, x):
            return self.features(self.fc(self.bn2(self.stages(self.stem(x))).flatten(1)))

    torch.set_num_threads(job["threads"])
    net, images = IResNet().eval(), torch.rand(job["batch"], 3, 112, 112) * 2 - 1
    if method == "channels last":
        net, images = (x.to(memory_format=torch.channels_last) for x in (net, images))
    numbers = sum(x.numel() for x in net.state_dict().values() if x.dtype == torch.float32)
    with torch.no_grad():
        net(images)
        least, cpu, begin, runs = float("inf"), float("inf"), time.perf_counter(), 0
        while runs < 3 or time.perf_counter() - begin < job["seconds"]:
            seconds, used, _ = once(lambda: net(images))
            least, cpu, runs = min(least, seconds), min(cpu, used), runs + 1
    finish(least, cpu, numbers)


def rates(threshold, distance, truth):
    accepted = np.less(distance, threshold)
    hits, alarms = np.sum(np.logical_and(accepted, truth)), np.sum(np.logical_and(accepted, np.logical_not(truth)))
    right = hits + np.sum(np.logical_and(np.logical_not(accepted), np.logical_not(truth)))
    return hits, alarms, right / distance.size


def accuracy(distance, truth):
    thresholds, found = np.arange(0, 4, 0.01), []
    for train, test in KFold(n_splits=10, shuffle=False).split(distance):
        best = np.argmax([rates(t, distance[train], truth[train])[2] for t in thresholds])
        for t in thresholds:  # the published code computes the curve of each fold
            rates(t, distance[test], truth[test])
        found.append(rates(thresholds[best], distance[test], truth[test])[2])
    return float(np.mean(found))


def validation(distance, truth):
    thresholds, found = np.arange(0, 4, 0.001), []
    for train, test in KFold(n_splits=10, shuffle=False).split(distance):
        far = [rates(t, distance[train], truth[train])[1] / np.sum(~truth[train]) for t in thresholds]
        threshold = 0.0
        if np.max(far) >= 1e-3:
            threshold = float(BSpline(np.r_[far[0], far, far[-1]], thresholds, 1)(1e-3))
        found.append(rates(threshold, distance[test], truth[test])[0] / np.sum(truth[test]))
    return float(np.mean(found))


def folds():
    features, truth = np.load(job["features"]), np.load(job["same"]).astype(bool)

    def run():
        unit = normalize(features.astype(np.float64))
        distance = np.sum(np.square(np.subtract(unit[0::2], unit[1::2])), 1)
        return (accuracy if part == "accuracy" else validation)(distance, truth)

    finish(*once(run))


def tar():
    genuine, impostors = (np.load(job[name], mmap_mode="r") for name in ("genuine", "impostors"))
    needed = 64 * (len(genuine) + len(impostors))  # scores, answers, their order, and three arrays of counts
    there = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > 0.9 * there:
        end(skipped=f"needs {needed / 2**30:.0f} GiB")

    def run():
        scores = np.concatenate([genuine, impostors])
        truth = np.zeros(len(scores), bool)
        truth[: len(genuine)] = True
        fpr, tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
        return float(tpr[np.searchsorted(fpr, job["far"], side="right") - 1])

    finish(*once(run))


{"embed": embed, "accuracy": folds, "val": folds, "tar": tar}[part]()
