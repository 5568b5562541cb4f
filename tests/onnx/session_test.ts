import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

const vector = (...numbers: number[]) => ({ data: Float32Array.from(numbers), shape: [numbers.length] });

/** y = x + w over [N, 2]. */
function sumModel(w: Value = op.constant(Float32Array.of(10, 20), [2])) {
  const x = op.input("x", "float32", ["N", 2]);
  return op.buildModel({ inputs: [x], outputs: { y: op.add(x, w) } });
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file with two weights behind 64 bytes of something else. */
async function writeWeights(path: string): Promise<void> {
  const bytes = new Uint8Array(72).fill(255);
  bytes.set(new Uint8Array(Float32Array.of(10, 20).buffer), 64);
  await Deno.writeFile(path, bytes);
}

const stored = (file: string, dtype = "float32", byteLength = 8, offset = 64) => ({ file, offset, byteLength, dtype });

Deno.test("createSession() says which device runs the model", async () => {
  await using session = await op.createSession(sumModel());
  assert.equal(session.device, "cpu");
});

Deno.test("Session.run() takes any length of a named axis and reports the result's shape and type", async () => {
  await using session = await op.createSession(sumModel());
  for (const n of [1, 3]) {
    const { y } = await session.run({ x: { data: new Float32Array(2 * n).fill(1), shape: [n, 2] } });
    assert.deepEqual(y!.shape, [n, 2]);
    assert.equal(y!.dtype, "float32");
    assert.deepEqual([...y!.data as Float32Array].slice(-2), [11, 21]);
  }
});

Deno.test("Session.run() exchanges whole numbers, doubles and truth values", async () => {
  const k = op.input("k", "int64", [2]), d = op.input("d", "float64", [1]), i = op.input("i", "int32", [1]);
  const outputs = { k2: op.add(k, k), big: op.greater(k, op.ints([3, 3])), d2: op.mul(d, 2), i2: op.add(i, i) };
  await using session = await op.createSession(op.buildModel({ inputs: [k, d, i], outputs }));
  const out = await session.run({
    k: { data: BigInt64Array.of(2n ** 40n, 3n), shape: [2] },
    d: { data: Float64Array.of(0.1), shape: [1] },
    i: { data: Int32Array.of(7), shape: [1] },
  });
  assert.deepEqual(out["k2"]!.data, BigInt64Array.of(2n ** 41n, 6n));
  assert.deepEqual(out["big"]!.data, Uint8Array.of(1, 0));
  assert.deepEqual(out["d2"]!.data, Float64Array.of(0.2));
  assert.deepEqual(out["i2"]!.data, Int32Array.of(14));
});

Deno.test("Session.run() fills the tensors that the caller provides", async () => {
  await using session = await op.createSession(sumModel());
  const y = { data: new Float32Array(2), shape: [1, 2] };
  const out = await session.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } }, { y });
  assert.equal(out["y"]!.data, y.data);
  assert.deepEqual(y.data, Float32Array.of(11, 22));
});

Deno.test("Session.run() refuses feeds that do not fit, and says what it expected", async () => {
  const x = op.input("x", "float32", ["N", 2]), z = op.input("z", "float32", ["N", 2]);
  await using session = await op.createSession(op.buildModel({ inputs: [x, z], outputs: { y: op.add(x, z) } }));
  const good = { data: new Float32Array(4), shape: [2, 2] };
  const refuses = (feeds: Record<string, op.Tensor>, message: RegExp, into: Record<string, op.Tensor> = {}) =>
    assert.rejects(() => session.run(feeds, into), { name: "TypeError", message });
  await refuses({ x: good }, /input "z" \[N, 2\] is missing/);
  await refuses({ x: good, z: good, w: good }, /it has no input "w", its inputs are x, z/);
  await refuses({ x: { ...good, shape: [4] }, z: good }, /input "x" is \[N, 2\], found \[4\]/);
  await refuses({ x: { ...good, shape: [1, 4] }, z: good }, /input "x" is \[N, 2\], found \[1, 4\]/);
  await refuses({ x: { ...good, shape: [3, 2] }, z: good }, /of shape \[3, 2\] needs 6 elements, found 4/);
  await refuses({ x: good, z: { ...good, data: new Float64Array(4) } }, /needs a Float32Array, found Float64Array/);
  await refuses({ x: good, z: { data: new Float32Array(2), shape: [1, 2] } }, /"z" has N = 1, but N is 2 elsewhere/);
  await refuses({ x: good, z: good }, /it has no output "q", its outputs are y/, { q: good });
  await refuses({ x: good, z: good }, /output "y" has N = 1, but N is 2/, {
    y: { data: new Float32Array(2), shape: [1, 2] },
  });
});

Deno.test("Session.run() passes on the runtime's own complaint", async () => {
  const x = op.input("x", "float32", [2]), k = op.input("k", "int64", [1]);
  await using session = await op.createSession(op.buildModel({ inputs: [x, k], outputs: { y: op.gather(x, k) } }));
  await assert.rejects(
    () => session.run({ x: vector(1, 2), k: { data: BigInt64Array.of(9n), shape: [1] } }),
    (error: Error) =>
      /^Cannot run the model on cpu: .*indices element out of data bounds/s.test(error.message) &&
      error.cause !== undefined,
  );
});

Deno.test("createSession() refuses half-precision inputs and outputs", async () => {
  const x = op.input("x", "float16", [2]);
  const model = op.buildModel({ inputs: [x], outputs: { y: op.cast(x, "float32") } });
  await assert.rejects(() => op.createSession(model), {
    name: "TypeError",
    message: /input "x" is float16.*cast inside/,
  });
  const z = op.input("z", "float32", [2]);
  const other = op.buildModel({ inputs: [z], outputs: { y: op.cast(z, "float16") } });
  await assert.rejects(() => op.createSession(other), { name: "TypeError", message: /output "y" is float16/ });
});

Deno.test("createSession() computes with half-precision weights and constants", async () => {
  const x = op.input("x", "float32", [2]);
  const w = op.weight("w", [2], { float16: Uint16Array.of(0x3c00, 0xc100) }); // 1, -2.5
  const half = op.mul(op.cast(op.add(x, w), "float16"), 1.5);
  await using session = await op.createSession(
    op.buildModel({ inputs: [x], outputs: { y: op.cast(half, "float32") } }),
  );
  const { y } = await session.run({ x: vector(0, 0) });
  assert.deepEqual(y!.data, Float32Array.of(1.5, -3.75));
});

Deno.test("createSession() uses constants of more than a megabyte", async () => {
  const n = 300_000, x = op.input("x", "float32", [1]);
  const w = op.weight("w", [n], new Float32Array(n).fill(2));
  const model = op.buildModel({ inputs: [x], outputs: { y: op.mul(op.mean(w), x) } });
  assert.equal(model.blobs.size, 1);
  assert.ok(model.bytes.length < 1000);
  await using session = await op.createSession(model);
  assert.deepEqual((await session.run({ x: vector(3) }))["y"]!.data, Float32Array.of(6));
});

Deno.test("createSession() uses weights where they lie in a file", async () => {
  await withFolder(async (folder) => {
    await writeWeights(`${folder}/w.bin`);
    await using session = await op.createSession(sumModel(op.weight("w", [2], stored(`${folder}/w.bin`))));
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
    assert.deepEqual(y!.data, Float32Array.of(11, 22));
  });
});

Deno.test("createSession() uses half-precision weights where they lie in a file", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/w.bin`, new Uint8Array(Uint16Array.of(0, 0x3c00, 0xc100).buffer));
    const w = op.weight("w", [2], stored(`${folder}/w.bin`, "float16", 4, 2));
    await using session = await op.createSession(sumModel(w));
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
    assert.deepEqual(y!.data, Float32Array.of(2, -0.5));
  });
});

Deno.test("createSession() finds weight files in several folders, behind links and beside constants in memory", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/blobs`);
    await Deno.mkdir(`${folder}/snapshots/main`, { recursive: true });
    await writeWeights(`${folder}/blobs/5f1e`);
    await writeWeights(`${folder}/snapshots/own file.bin`);
    await Deno.symlink("../../blobs/5f1e", `${folder}/snapshots/main/w.bin`); // as the Hugging Face cache does
    const n = 300_000;
    const a = op.weight("a", [2], stored(`${folder}/snapshots/main/w.bin`));
    const b = op.weight("b", [2], stored(`${folder}/snapshots/own file.bin`));
    const c = op.weight("c", [n], new Float32Array(n).fill(1));
    await using session = await op.createSession(sumModel(op.mul(op.add(a, b), op.mean(c))));
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
    assert.deepEqual(y!.data, Float32Array.of(21, 42));
  });
});

Deno.test("createSession() maps a gigabyte of weights without reading it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/sparse.bin`, count = 2 ** 28;
    using file = await Deno.open(path, { write: true, create: true });
    await file.truncate(count * 4); // a hole in the file, not a gigabyte on the disk
    await file.seek(count * 4 - 4, Deno.SeekMode.Start);
    await file.write(new Uint8Array(Float32Array.of(7).buffer));
    const k = op.input("k", "int64", [1]);
    const w = op.weight("w", [count], stored(path, "float32", count * 4, 0));
    const before = Deno.memoryUsage().rss;
    await using session = await op.createSession(op.buildModel({ inputs: [k], outputs: { y: op.gather(w, k) } }));
    const { y } = await session.run({ k: { data: BigInt64Array.of(BigInt(count - 1)), shape: [1] } });
    assert.deepEqual(y!.data, Float32Array.of(7));
    const grown = Deno.memoryUsage().rss - before;
    assert.ok(grown < 2 ** 29, `memory grew by ${grown} bytes`);
  });
});

Deno.test("createSession() names a weight file that is not there", async () => {
  await withFolder(async (folder) => {
    const model = sumModel(op.weight("w", [2], stored(`${folder}/gone.bin`)));
    await assert.rejects(() => op.createSession(model), {
      name: "NotFound",
      message: /weight file ".*gone.bin" is not there/,
    });
  });
});

Deno.test("createSession() refuses a weight file that is too short", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/w.bin`, new Uint8Array(68));
    const model = sumModel(op.weight("w", [2], stored(`${folder}/w.bin`)));
    await assert.rejects(() => op.createSession(model), /Cannot load the model: .*out of bounds/s);
  });
});

Deno.test("createSession() says what a device needs when it is not there", async () => {
  const device = Deno.build.os === "windows" ? "coreml" : "dml"; // never both on one system
  const { needs } = op.DEVICES[device];
  await assert.rejects(
    () => op.createSession(sumModel(), { device }),
    (error: Error) =>
      error instanceof RangeError && error.cause instanceof Error &&
      error.message.startsWith(`Cannot use device "${device}": it needs ${needs}; use "cpu" or "auto" instead`),
  );
});

Deno.test("createSession() runs on cuda or says what cuda needs", async () => {
  try {
    await using session = await op.createSession(sumModel(), { device: "cuda" });
    assert.equal(session.device, "cuda");
  } catch (error) {
    assert.match((error as Error).message, /^Cannot use device "cuda": it needs Linux x64 with an NVIDIA driver/);
  }
});

Deno.test("createSession() refuses a device that is not in the table", async () => {
  await assert.rejects(
    () => op.createSession(sumModel(), { device: "gpu" as "cpu" }),
    { name: "RangeError", message: /Cannot use device "gpu": expected one of auto, cuda, coreml, dml, webgpu, cpu/ },
  );
});

Deno.test("Session.release() may be called twice, and run() refuses afterwards", async () => {
  const session = await op.createSession(sumModel());
  await session.release();
  await session.release();
  await assert.rejects(
    () => session.run({ x: { data: new Float32Array(2), shape: [1, 2] } }),
    /its session has been released/,
  );
});

Deno.test("Session is released at the end of an await using block", async () => {
  let kept: op.Session | undefined;
  {
    await using session = await op.createSession(sumModel());
    kept = session;
  }
  await assert.rejects(() => kept!.run({}), /its session has been released/);
});

Deno.test("createSession() computes values ahead, one that needs another too, and run() is fed without them", async () => {
  const x = op.input("x", "float32", ["N"]), three = op.ahead(op.add(op.full([1], 1), 2));
  const six = op.ahead(op.mul(three, 2));
  const model = op.buildModel({ inputs: [x], outputs: { y: op.mul(x, six), bare: three } });
  assert.deepEqual([...model.inputs.keys()], ["x"]);
  assert.equal(model.ahead.size, 2);
  await using session = await op.createSession(model);
  for (const data of [Float32Array.of(1), Float32Array.of(1, 2)]) {
    const { y, bare } = await session.run({ x: { data, shape: [data.length] } });
    assert.deepEqual([...y!.data], [...data].map((v) => 6 * v));
    assert.deepEqual([...bare!.data], [3]);
  }
  await assert.rejects(
    session.run({ x: { data: Float32Array.of(1), shape: [1] }, ahead0: { data: Float32Array.of(1), shape: [1] } }),
    {
      name: "TypeError",
      message: /has no input "ahead0"/,
    },
  );
});

Deno.test("ahead() takes no value that a run decides, and passes no gradient", async () => {
  const n = op.input("n", "float32", ["N"]), x = op.input("x", "float32", [2]);
  assert.throws(() => op.ahead(n), {
    name: "TypeError",
    message: /Cannot compute \[N\] ahead: all its lengths must be fixed/,
  });
  const model = op.buildModel({ inputs: [x], outputs: { y: op.add(x, op.ahead(op.exp(x))) } });
  await assert.rejects(op.createSession(model), { message: /input "x" \[2\] is used but not listed/ });
  assert.throws(() => op.gradients(op.reduceSum(op.ahead(op.exp(x)), [0], false), [x]), /does not depend on x/);
});
