"""One way to find close pairs in Python, timed with its peak memory; started by `deno task bench:separability`.

python separability_bench.py METHOD FILE.npy ROWS THRESHOLD THREADS prints one line of JSON: {"seconds", "cpuSeconds", "peakBytes", "separated", "version"},
or {"missing": package} or {"skipped": why}. METHOD is "scikit-learn", what the reference's script does for one prefix (https://github.com/
HaiyuWu/Vec2Face/blob/main/inter-separability-measurement.py; it does so for every prefix), or "faiss", a range search.
"""

import json
import os
import resource
import sys
import time

method, path, rows, threshold, threads = sys.argv[1:]
rows, threshold = int(rows), float(threshold)
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads


def end(**result):
    print(json.dumps(result))
    sys.exit()


try:
    import numpy as np

    if method == "faiss":
        import faiss

        faiss.omp_set_num_threads(int(threads))
        version = faiss.__version__
    else:
        import sklearn
        from sklearn.metrics.pairwise import cosine_similarity

        version = sklearn.__version__
except ImportError as error:
    end(missing=error.name)

x = np.load(path, mmap_mode="r")[:rows].astype(np.float32)

if method == "scikit-learn":
    needed = 6 * rows**2  # float32 cosines, and two arrays of truth values
    there = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > 0.8 * there:
        end(skipped=f"needs {needed / 2**30:.0f} GiB")

start = time.perf_counter()
if method == "scikit-learn":
    above = cosine_similarity(x, x) > threshold
    separated = int((np.triu(above, k=1).sum(axis=0) == 0).sum())
else:
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    limits, _, found = index.range_search(unit, threshold)
    first = np.array([found[a:b].min() if b > a else rows for a, b in zip(limits[:-1], limits[1:])])
    separated = int((first >= np.arange(rows)).sum())
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
end(seconds=seconds, cpuSeconds=time.process_time(), peakBytes=peak, separated=separated, version=version)
