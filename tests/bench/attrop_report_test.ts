import assert from "node:assert/strict";
import { qualityAt } from "./attrop_job.ts";
import { type AttropRun, attropTable, benchAttrop, convergenceLine, gainOf } from "./attrop_report.ts";

function run(method: string, iterationSeconds: number, change: Partial<AttropRun> = {}): AttropRun {
  return {
    ...{
      method,
      iterationSeconds,
      evaluations: 150,
      seconds: 30 * iterationSeconds,
      cpuSeconds: 99,
      accepted: 5,
      gflop: 200,
    },
    ...{ loadedBytes: 2 ** 30, peakBytes: 3 * 2 ** 30, ofMatmul: 0.8, losses: [] },
    ...change,
  };
}

const RUNS = [
  run("ours, default", 2, { seconds: 20, accepted: 10 }),
  run("ours, reference mode", 2, { losses: [[10, 9, 8]] }),
  run("PyTorch, as the reference", 5, { gflop: 300, losses: [[10, 9.0009, 8, 7]] }),
  run("PyTorch, weights frozen", 4),
];

Deno.test("gainOf() compares reference modes by iteration, and the default mode by accepted image", () => {
  const { lossDifference, ...gain } = gainOf(RUNS)!;
  assert.deepEqual(gain, { perIteration: 2.5, predicted: 1.5, perAccepted: 15 });
  assert.ok(lossDifference.first === 0 && Math.abs(lossDifference.later - 1e-4) < 1e-7);
  assert.equal(gainOf(RUNS.slice(0, 2)), null);
  assert.equal(gainOf([run("ours, default", 2, { accepted: 0 }), ...RUNS.slice(1)])!.perAccepted, null);
});

Deno.test("attropTable() has a line for each run, and leaves empty what could not be run", () => {
  const none = {
    iterationSeconds: null,
    evaluations: null,
    seconds: null,
    cpuSeconds: null,
    accepted: null,
    loadedBytes: null,
  };
  const missing = run("PyTorch, as the reference", 0, {
    ...{ ...none, peakBytes: null, ofMatmul: null, note: "torch is not installed" },
  });
  const about = { size: "tiny", batch: 5, images: 10, cap: 30, threads: 2, torch: null, gain: null, convergence: [] };
  const lines = attropTable({ ...about, matmulGflops: { ours: 100, torch: null }, runs: [RUNS[0]!, missing] });
  assert.deepEqual(lines.slice(0, 2), [
    "tiny networks, random weights, batch 5, at most 30 iterations, 2 thread(s)",
    "MatMul 100.0 GFLOP/s in ONNX Runtime",
  ]);
  assert.match(lines[3]!, /^ours, default +2000\.0 +150 +2\.00 +99\.0 +10 of 10 +1024 +3072 +200 +0\.80$/);
  assert.match(lines[4]!, /^PyTorch, as the reference +200 +torch is not installed$/);
  const full = attropTable({
    ...{ ...about, torch: "2.9", matmulGflops: { ours: 100, torch: 90 }, runs: RUNS, gain: gainOf(RUNS) },
  });
  assert.match(full[1]!, /, 90\.0 in PyTorch 2\.9$/);
  assert.match(
    full.at(-2)!,
    /: 2\.50 times an iteration \(the counts of operations predict 1\.50\), 15\.00 times an accepted/,
  );
  assert.deepEqual(
    convergenceLine({
      ...{ asked: "yaw 30", images: 10, ours: { evaluations: 60, accepted: 10 } },
      reference: { evaluations: 120, accepted: 5 },
    }, { perIteration: 2 }),
    "yaw 30: 6.0 evaluations an accepted image, 10 of 10 accepted; the reference's procedure 24.0, 5 accepted: " +
      "4.00 times as many; with the times above 8.00 times an accepted image",
  );
  assert.equal(full.at(-1), "largest difference of a loss: 0.0e+0 at the first iteration, 1.0e-4 over 20");
});

Deno.test("qualityAt() chooses a target that the last norm is the first to meet, or the largest where it falls again", () => {
  assert.deepEqual([qualityAt([20, 21, 23]), qualityAt([20, 22, 21]), qualityAt([20])], [23, 22, 20.5]);
});

Deno.test("benchAttrop() refuses an interpreter without PyTorch when it was asked for", async () => {
  const options = { size: "tiny", batch: 1, batches: 1, cap: 2, threads: 1, python: "no-such-interpreter" };
  await assert.rejects(benchAttrop(options), {
    name: "TypeError",
    message: /Cannot time PyTorch: "no-such-interpreter" is not there/,
  });
});

Deno.test("benchAttrop() does the same job in both modes of ours, in processes of their own", async () => {
  const steps: string[] = [];
  const { runs, matmulGflops, images, convergence } = await benchAttrop({
    ...{ size: "tiny", batch: 2, batches: 1, cap: 3, threads: 1, seconds: 0, convergenceBatches: 1 },
    onStep: (what) => steps.push(what),
  });
  assert.deepEqual(steps, [
    "random networks, and targets that they reach",
    ...runs.map(({ method }) => method),
    "evaluations that an accepted image takes, on mini",
  ]);
  for (const { images, ours, reference } of convergence) {
    assert.equal(images, 2);
    assert.ok(ours.evaluations >= images && ours.accepted === images, "mini turns two heads");
    assert.equal(reference.evaluations % 2, 0, "the reference evaluates whole batches");
  }
  const [standard, reference, torch, frozen] = runs;
  assert.equal(standard!.accepted, images, "every sample reaches the quality that was chosen for it");
  assert.ok(standard!.iterationSeconds! > 0 && standard!.peakBytes! >= standard!.loadedBytes! && matmulGflops.ours > 0);
  assert.equal(standard!.gflop, reference!.gflop);
  assert.ok(torch!.gflop > 1.3 * frozen!.gflop, "gradients of weights cost about a forward pass");
  assert.equal(reference!.losses.length, 1);
  assert.ok(reference!.losses[0]!.every((loss) => loss > 0));
});
