import { Adam } from "@/attributes/mod.ts";
import assert from "node:assert/strict";

Deno.test("Adam.step() goes the way of torch.optim.Adam", () => {
  // torch 2.x: x = tensor([1., -2.]); Adam([x], lr=0.1); gradients (x - 3)^3 / 10, three steps.
  const vector = Float32Array.of(1, -2), adam = new Adam(2, { learningRate: 0.1 });
  const expected = [[1.1, -1.9], [1.199307, -1.800204], [1.297421, -1.700752]];
  for (const step of expected) {
    adam.step(vector, vector.map((x) => (x - 3) ** 3 / 10));
    step.forEach((value, i) => assert.ok(Math.abs(vector[i]! - value) < 1e-5, `${vector[i]} for ${value}`));
  }
  assert.equal(adam.steps, 3);
});

Deno.test("Adam.step() multiplies the gradient by the factor", () => {
  const a = Float32Array.of(1), b = Float32Array.of(1);
  const [one, other] = [new Adam(1), new Adam(1)];
  for (const g of [3, -1, 2]) {
    one.step(a, [g / 4]);
    other.step(b, [g], 1 / 4);
  }
  assert.deepEqual(a, b);
});

Deno.test("Adam.moved tells whether a gradient was ever other than zero", () => {
  const adam = new Adam(2), vector = Float32Array.of(1, 2);
  adam.step(vector, [0, 0]);
  assert.deepEqual([adam.moved, ...vector], [false, 1, 2]);
  adam.step(vector, [0, 1]);
  assert.equal(adam.moved, true);
});

Deno.test("new Adam() throws RangeError when the learning rate cannot work", () => {
  for (const learningRate of [0, -1, NaN, Infinity]) {
    assert.throws(
      () => new Adam(1, { learningRate }),
      (e) => e instanceof RangeError && e.message.includes(`learning rate is ${learningRate}`),
    );
  }
});
