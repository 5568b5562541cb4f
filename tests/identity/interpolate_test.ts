import assert from "node:assert/strict";
import { cosine, interpolate, norm, walk } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const D = 64;
const random = (row: number, scale: number) =>
  new RandomStream(4, "identity", row).fillNormal(new Float32Array(D)).map((
    value,
  ) => value * scale);

Deno.test("walk() starts and ends exactly, turns by equal angles, and walks the norm straight", () => {
  const [a, b] = [random(0, 1), random(1, 3)];
  const steps = 9;
  const path = walk(a, b, steps);
  const at = (s: number) => path.subarray(s * D, (s + 1) * D);
  assert.deepEqual(at(0), a);
  assert.deepEqual(at(steps - 1), b);
  const whole = Math.acos(cosine(a, b));
  for (let s = 1; s < steps; s++) {
    assert.ok(
      Math.abs(Math.acos(cosine(at(s - 1), at(s))) - whole / (steps - 1)) <
        1e-5,
    );
    const straight = norm(a) + (norm(b) - norm(a)) * s / (steps - 1);
    assert.ok(Math.abs(norm(at(s)) - straight) < 1e-4);
  }
});

Deno.test("interpolate() walks between vectors of one direction", () => {
  const a = Float32Array.of(1, 1);
  assert.deepEqual([...interpolate(a, Float32Array.of(3, 3), 0.5)], [2, 2]);
  assert.deepEqual([...interpolate(a, a, 0.3)], [1, 1]);
});

Deno.test("interpolate() refuses opposite, zero and unequal vectors", () => {
  const a = Float32Array.of(1, 2);
  assert.throws(() => interpolate(a, Float32Array.of(-2, -4), 0.5), {
    name: "RangeError",
    message: /opposite/,
  });
  assert.throws(() => interpolate(a, new Float32Array(2), 0.5), {
    name: "RangeError",
    message: /norms are .* and 0/,
  });
  assert.throws(() => interpolate(a, new Float32Array(3), 0.5), {
    name: "TypeError",
    message: /2 and 3 differ|widths/,
  });
  assert.throws(() => interpolate(a, a, 1.5), {
    name: "RangeError",
    message: /t is 1.5/,
  });
});

Deno.test("walk() refuses fewer than two steps", () => {
  const a = Float32Array.of(1, 2);
  assert.throws(() => walk(a, a, 1), {
    name: "RangeError",
    message: /1 steps/,
  });
  assert.throws(() => walk(a, Float32Array.of(-1, -2), 2), {
    name: "RangeError",
    message: /opposite/,
  });
});
