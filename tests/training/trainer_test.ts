/** One graph per training step: optimisers, exact resume, refusal of bad numbers. */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { batchNorm, inputParameters, type Parameters, type StatisticsUpdate } from "@/networks/mod.ts";
import { freshState, loadState, type Optimiser, saveState, Trainer, type TrainingState } from "@/training/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { assertAllClose, TOLERANCE } from "../_assert_close.ts";

const BATCH = 8;

/** y = norm(x) w: two inputs, one output, batch norm before. */
async function trainer(optimiser: Optimiser, state: TrainingState, replicas = 1): Promise<Trainer> {
  const params: Parameters = inputParameters();
  const updates: StatisticsUpdate[] = [];
  const x = op.input("x", "float32", [BATCH / replicas, 2]), y = op.input("y", "float32", [BATCH / replicas, 1]);
  const w = params.param("w", [2, 1], { init: { kind: "constant", value: 0 } });
  const error = op.sub(op.matmul(batchNorm(params, "norm", x, { updates }), w), y);
  const loss = op.mean(op.mul(error, error));
  return await Trainer.create({
    data: [x, y],
    parameters: params,
    loss,
    metrics: { rms: op.sqrt(loss) },
    updates,
    batchSize: BATCH,
    replicas,
    optimiser,
    session: { threads: replicas },
  }, state);
}

function fresh(): TrainingState {
  const values = new Map([
    ["w", new Float32Array(2)],
    ["norm.weight", new Float32Array(2).fill(1)],
    ["norm.bias", new Float32Array(2)],
    ["norm.running_mean", new Float32Array(2)],
    ["norm.running_var", new Float32Array(2).fill(1)],
  ]);
  return { step: 0, values, slots: new Map() };
}

/** A batch as a pure function of the step. */
function batch(step: number): Record<string, op.Tensor> {
  const stream = new RandomStream(3, "trainer test", step);
  const x = stream.fillNormal(new Float32Array(2 * BATCH));
  const y = Float32Array.from({ length: BATCH }, (_, i) => 2 * x[2 * i]! - x[2 * i + 1]!);
  return { x: { data: x, shape: [BATCH, 2] }, y: { data: y, shape: [BATCH, 1] } };
}

const OPTIMISERS: readonly Optimiser[] = [
  { kind: "sgd", momentum: 0.9, weightDecay: 1e-4 },
  { kind: "adamw", beta2: 0.99, weightDecay: 0.01, clip: 1 },
];

for (const optimiser of OPTIMISERS) {
  Deno.test(`Trainer lowers the loss with ${optimiser.kind}`, async () => {
    await using t = await trainer(optimiser, fresh());
    const losses: number[] = [];
    for (let i = 0; i < 150; i++) losses.push((await t.step(batch(i), 0.05))["rms"]!);
    const last = losses.slice(-10).reduce((a, b) => a + b, 0) / 10;
    // Batch statistics of 8 rows rescale every batch, so the error cannot reach zero.
    assert.ok(losses[0]! > 1 && last < 0.5 * losses[0]!, `rms went from ${losses[0]} to ${last}`);
  });

  Deno.test(`Trainer resumes exactly with ${optimiser.kind}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const whole: number[] = [];
      {
        await using t = await trainer(optimiser, fresh());
        for (let i = 0; i < 8; i++) whole.push((await t.step(batch(i), 0.05))["loss"]!);
      }
      const parts: number[] = [];
      {
        await using t = await trainer(optimiser, fresh());
        for (let i = 0; i < 3; i++) parts.push((await t.step(batch(i), 0.05))["loss"]!);
        saveState(`${folder}/state.safetensors`, t.state, { run: "test" });
      }
      const { state, note } = loadState(`${folder}/state.safetensors`);
      assert.equal(note["run"], "test");
      await using t = await trainer(optimiser, state);
      while (t.state.step < 8) parts.push((await t.step(batch(t.state.step), 0.05))["loss"]!);
      assert.deepEqual(parts, whole);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("Trainer.step() moves running statistics as PyTorch does", async () => {
  await using t = await trainer(OPTIMISERS[0]!, fresh());
  const data = batch(0);
  await t.step(data, 0);
  const x = data["x"]!.data as Float32Array;
  const column = Array.from({ length: BATCH }, (_, i) => x[2 * i]!);
  const mean = column.reduce((a, b) => a + b, 0) / BATCH;
  const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / (BATCH - 1);
  assert.ok(Math.abs(t.state.values.get("norm.running_mean")![0]! - 0.1 * mean) < 1e-6);
  assert.ok(Math.abs(t.state.values.get("norm.running_var")![0]! - (0.9 + 0.1 * variance)) < 1e-6);
});

Deno.test("Trainer.step() refuses a loss that is not finite and keeps the state", async () => {
  await using t = await trainer(OPTIMISERS[0]!, fresh());
  await t.step(batch(0), 0.05);
  const before = [...t.state.values.get("w")!];
  const bad = batch(1);
  (bad["x"]!.data as Float32Array)[3] = NaN;
  await assert.rejects(
    t.step(bad, 0.05),
    (error) => error instanceof RangeError && /step 1 is NaN/.test(error.message),
  );
  assert.deepEqual([...t.state.values.get("w")!], before);
  assert.equal(t.state.step, 1);
});

Deno.test("Trainer.create() names the weight that the state lacks", async () => {
  const state = fresh();
  state.values.delete("w");
  await assert.rejects(trainer(OPTIMISERS[0]!, state), /weight w \[2,1\] needs 2 values, the state has none/);
});

/** Without batch norm, whose statistics depend on the share. */
async function plainTrainer(replicas: number): Promise<Trainer> {
  const parameters = inputParameters();
  const x = op.input("x", "float32", [BATCH / replicas, 2]), y = op.input("y", "float32", [BATCH / replicas, 1]);
  const w = parameters.param("w", [2, 1], { init: { kind: "constant", value: 0 } });
  const error = op.sub(op.matmul(x, w), y), loss = op.mean(op.mul(error, error));
  const state: TrainingState = { step: 0, values: new Map([["w", new Float32Array(2)]]), slots: new Map() };
  const options = { data: [x, y], parameters, loss, metrics: { mean: op.mean(error) }, batchSize: BATCH, replicas };
  return await Trainer.create({ ...options, optimiser: OPTIMISERS[1]! }, state);
}

Deno.test("Trainer with replicas does the steps that one graph does", async () => {
  await using one = await plainTrainer(1);
  await using four = await plainTrainer(4);
  for (let i = 0; i < 5; i++) {
    const [a, b] = [await one.step(batch(i), 0.05), await four.step(batch(i), 0.05)];
    assert.deepEqual(Object.keys(a), Object.keys(b));
    for (const [name, value] of Object.entries(a)) {
      assert.ok(Math.abs(value - b[name]!) <= 1e-5 * Math.max(1, Math.abs(value)), `${name}: ${value} and ${b[name]}`);
    }
  }
  const [wOne, wFour] = [one.state.values.get("w")!, four.state.values.get("w")!];
  assert.ok(wOne.every((value, i) => Math.abs(value - wFour[i]!) < 1e-6) && wOne[0]! > 0.1);
});

Deno.test.each(
  [
    [{ kind: "sgd", momentum: 0.9, weightDecay: 0.01 }],
    [{ kind: "adamw", weightDecay: 0.01, clip: 0.5 }],
  ] as const,
)("Trainer with replicas steps weights that share pieces as one graph does: %j", async (optimiser) => {
  const size = 2 ** 18 + 3; // more elements than the optimiser takes at a time
  const run = async (replicas: number) => {
    const parameters = inputParameters(), share = 2 / replicas;
    const x = op.input("x", "float32", [share, 1]);
    const w = parameters.param("w", [1, size], { init: { kind: "normal", sd: 1 } });
    const b = parameters.param("b", [size], { init: { kind: "normal", sd: 1 } });
    const c = parameters.param("c", [size], { init: { kind: "normal", sd: 1 } }); // lies behind b, and a piece holds ends of both
    const error = op.mul(op.add(op.matmul(x, w), b), c), loss = op.mul(op.mean(op.mul(error, error)), 10);
    await using trainer = await Trainer.create(
      { data: [x], parameters, loss, batchSize: 2, replicas, optimiser },
      freshState(parameters.specs, 1),
    );
    const norms: number[] = [];
    for (const value of [1, -0.5, 2]) {
      const report = await trainer.step({ x: { data: Float32Array.of(value, 1), shape: [2, 1] } }, 0.1);
      norms.push(report["gradientNorm"] ?? 0);
    }
    return { norms, values: ["w", "b", "c"].map((name) => trainer.state.values.get(name)!.slice()) };
  };
  const [one, two] = [await run(1), await run(2)];
  one.values.forEach((values, i) => {
    assertAllClose({ data: two.values[i]! }, { data: values }, TOLERANCE.float32.forward, "wbc"[i]!);
  });
  one.norms.forEach((norm, i) =>
    assert.ok(Math.abs(norm - two.norms[i]!) <= 1e-4 * norm, `${norm} and ${two.norms[i]}`)
  );
});

Deno.test("Trainer with replicas keeps kinds of weights apart, and takes arrays that the state is given", async () => {
  // In turn with decay and without, in two groups of clipping; moved between steps by a save, a load and an exchange.
  const sizes = { "a.w": [1, 2 ** 18 + 1], "a.b": [5], "z.w": [1, 7], "z.b": [2 ** 18 + 1], "a.v": [1, 5] };
  const run = async (replicas: number) => {
    const parameters = inputParameters(), x = op.input("x", "float32", [2 / replicas, 1]);
    const losses = Object.entries(sizes).map(([name, shape], i) => {
      const value = parameters.param(name, shape, { init: { kind: "normal", sd: 1 } });
      const y = op.mul(op.reshape(value, [1, -1]), op.add(x, i));
      return op.mean(op.mul(y, y));
    });
    const options = {
      ...{ data: [x], parameters, loss: op.sum(losses), batchSize: 2, replicas },
      optimiser: { kind: "adamw", weightDecay: 0.5, clip: 0.1 },
      clipGroup: (name: string) => name[0]!,
    } as const;
    const data = { x: { data: Float32Array.of(1, -0.5), shape: [2, 1] } };
    const path = await Deno.makeTempFile({ suffix: ".safetensors" });
    try {
      {
        await using trainer = await Trainer.create(options, freshState(parameters.specs, 1));
        await trainer.step(data, 0.1);
        saveState(path, trainer.state);
      }
      await using trainer = await Trainer.create(options, loadState(path).state);
      const { values, slots } = trainer.state;
      await trainer.step(data, 0.1);
      const [v, b] = [values.get("a.v")!, values.get("a.b")!];
      values.set("a.v", b).set("a.b", v);
      slots.set("z.w#first", new Float32Array(7).fill(0.25));
      await trainer.step(data, 0.1);
      return Object.fromEntries([...values].map(([name, array]) => [name, array.slice()]));
    } finally {
      await Deno.remove(path);
    }
  };
  const [one, two] = [await run(1), await run(2)];
  for (const name of Object.keys(sizes)) {
    assertAllClose({ data: two[name]! }, { data: one[name]! }, TOLERANCE.float32.forward, name);
  }
});

Deno.test("Trainer.step() refuses arrays of another size, and names them", async () => {
  await using t = await trainer(OPTIMISERS[0]!, fresh());
  t.state.values.set("w", Float32Array.of(5));
  await assert.rejects(t.step(batch(0), 0.05), {
    name: "TypeError",
    message: "Cannot train: w needs 2 values, the state has 1",
  });
  const state = fresh();
  state.slots.set("w#velocity", new Float32Array(3));
  await assert.rejects(trainer(OPTIMISERS[0]!, state), /Cannot train: w#velocity needs 2 values, the state has 3/);
});

Deno.test("Trainer with replicas moves running statistics by the mean of the shares", async () => {
  await using t = await trainer(OPTIMISERS[0]!, fresh(), 2);
  const data = batch(0);
  await t.step(data, 0);
  const x = data["x"]!.data as Float32Array;
  const column = Array.from({ length: BATCH }, (_, i) => x[2 * i]!);
  const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
  const variance = (xs: number[]) => xs.reduce((a, b) => a + (b - mean(xs)) ** 2, 0) / (xs.length - 1);
  const half = (variance(column.slice(0, 4)) + variance(column.slice(4))) / 2;
  assert.ok(Math.abs(t.state.values.get("norm.running_mean")![0]! - 0.1 * mean(column)) < 1e-6);
  assert.ok(Math.abs(t.state.values.get("norm.running_var")![0]! - (0.9 + 0.1 * half)) < 1e-6);
});

Deno.test("Trainer with replicas refuses a loss that is not finite, and goes on with the next batch", async () => {
  await using t = await trainer(OPTIMISERS[1]!, fresh(), 2);
  const bad = batch(1);
  (bad["x"]!.data as Float32Array)[3] = NaN;
  await assert.rejects(t.step(bad, 0.05), /step 0 is NaN/);
  assert.ok(Number.isFinite((await t.step(batch(0), 0.05))["loss"]));
  await assert.rejects(trainer(OPTIMISERS[0]!, fresh(), 3), /a batch of 8 is not shared evenly by 3 replicas|integer/);
});
