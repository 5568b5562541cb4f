import assert from "node:assert/strict";
import { type Degradation, DEGRADATION_KINDS, degrade, type Pixels } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const SIZE = 112;
const stream = () => new RandomStream(4, "degradation");

/** White left of the middle, black right of it. */
const edge: Pixels = {
  width: SIZE,
  height: SIZE,
  data: Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => Math.floor(i / 3) % SIZE < SIZE / 2 ? 255 : 0),
};
const grey: Pixels = { ...edge, data: new Uint8Array(SIZE * SIZE * 3).fill(128) };
const at = ({ data }: Pixels, x: number, y: number) => data[3 * (y * SIZE + x)]!;
const made = (image: Pixels, kind: Degradation["kind"], strength: number) =>
  degrade(image, { kind, strength }, stream());

Deno.test("degrade() at strength 0 copies, at others keeps its input and is a function of its stream", () => {
  for (const kind of DEGRADATION_KINDS) {
    const before = edge.data.slice(), none = made(edge, kind, 0);
    assert.deepEqual(none, edge);
    assert.notEqual(none.data, edge.data);
    assert.deepEqual(made(edge, kind, 0.7), made(edge, kind, 0.7));
    assert.deepEqual(edge.data, before);
  }
});

Deno.test("degrade() blurs by a Gaussian of 4 pixels at full strength, edges repeated", () => {
  const soft = made(edge, "blur", 1);
  // One deviation from the edge, between pixel 55 and 56: 84 % and 16 %.
  assert.ok(Math.abs(at(soft, 51, 50) - 255 * 0.8697) < 4 && Math.abs(at(soft, 60, 50) - 255 * 0.1303) < 4);
  assert.deepEqual([at(soft, 0, 0), at(soft, 111, 111)], [255, 0]);
  assert.deepEqual(made(grey, "blur", 0.5), grey);
});

Deno.test("degrade() adds noise of 50 levels at full strength, the same pattern at less", () => {
  const noise = (strength: number) => Array.from(made(grey, "noise", strength).data, (v) => v - 128);
  const [weak, strong] = [noise(0.2), noise(0.4)];
  const sd = (list: number[]) => Math.sqrt(list.reduce((sum, v) => sum + v * v, 0) / list.length);
  assert.ok(Math.abs(sd(weak) - 10) < 0.3 && Math.abs(sd(strong) - 20) < 0.5);
  assert.ok(weak.every((v, i) => Math.abs(strong[i]! - 2 * v) <= 2));
});

Deno.test("degrade() takes five stops of light at full strength", () => {
  const linear = (v: number) => ((v / 255 + 0.055) / 1.055) ** 2.4;
  const half = at(made(grey, "darkness", 0.2), 0, 0);
  assert.ok(Math.abs(linear(half) / linear(128) - 0.5) < 0.01, `${half}`);
  const dark = made(edge, "darkness", 1);
  assert.ok(at(dark, 0, 0) > 40 && at(dark, 0, 0) < 55 && at(dark, 111, 0) === 0);
});

Deno.test("degrade() covers more, and all that was covered, as occlusion grows", () => {
  let before = new Set<number>();
  for (const strength of [0.2, 0.5, 1]) {
    const { data } = made(grey, "occlusion", strength);
    const covered = new Set(data.keys().filter((i) => i % 3 === 0 && data.subarray(i, i + 3).some((v) => v !== 128)));
    const share = covered.size / SIZE ** 2;
    assert.ok(share > 0.4 * strength && share < 0.62 * strength, `${share} at ${strength}`);
    assert.ok(before.isSubsetOf(covered));
    before = covered;
  }
});

Deno.test("degrade() refuses other strengths and malformed pictures", () => {
  for (const strength of [-0.1, 1.1, NaN]) {
    assert.throws(() => made(grey, "blur", strength), { name: "RangeError", message: /expected 0\.\.1/ });
  }
  assert.throws(() => made({ ...grey, width: 3 }, "blur", 1), { name: "TypeError", message: /Cannot degrade picture/ });
});
