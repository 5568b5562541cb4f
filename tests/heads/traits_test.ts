import assert from "node:assert/strict";
import { BEARD_STYLES, HAIR_STYLES, sampleTraits, type Traits } from "@/heads/mod.ts";

const MANY = Array.from({ length: 1500 }, (_, i) => sampleTraits(5, i, 10));

Deno.test("sampleTraits() is a pure function of seed and identity", () => {
  assert.deepEqual(sampleTraits(5, 17, 10), MANY[17]);
  assert.notDeepEqual(sampleTraits(6, 17, 10), MANY[17]);
});

Deno.test("sampleTraits() draws shape weights of standard deviation 1.1 within 2.5", () => {
  const weights = MANY.flatMap((t) => t.shape);
  const sd = Math.sqrt(
    weights.reduce((sum, w) => sum + w * w, 0) / weights.length,
  );
  assert.ok(sd > 1.05 && sd < 1.15, `standard deviation ${sd}`);
  assert.ok(weights.every((w) => Math.abs(w) <= 2.5));
});

Deno.test("sampleTraits() uses every style of hair and beard", () => {
  for (const style of HAIR_STYLES) {
    assert.ok(MANY.some((t) => t.hair.style === style), style);
  }
  for (const style of BEARD_STYLES) {
    assert.ok(MANY.some((t) => t.beard.style === style), style);
  }
});

Deno.test("sampleTraits() gives no beards to feminine people", () => {
  assert.ok(
    MANY.filter((t) => t.feminine).every((t) => t.beard.style === "none"),
  );
});

Deno.test("sampleTraits() spreads skin tones over the whole range", () => {
  const bins = new Array<number>(5).fill(0);
  for (const t of MANY) bins[Math.min(4, Math.floor(t.skin.tone * 5))]!++;
  for (const count of bins) assert.ok(count > 180, `${bins}`);
});

Deno.test("sampleTraits() keeps colours in the range of linear light", () => {
  const colours = (
    t: Traits,
  ) => [
    t.skin.colour,
    t.hair.colour,
    t.brow.colour,
    t.eye.colour,
    t.lips.colour,
    t.beard.colour,
  ];
  for (const t of MANY) {
    for (const c of colours(t).flat()) assert.ok(c > 0 && c < 1, `${c}`);
  }
});

Deno.test("sampleTraits() throws RangeError when the identity is negative", () => {
  assert.throws(() => sampleTraits(5, -1, 10), RangeError);
});
