import { capBound, separationBound, smallCosineBound } from "@/separation/mod.ts";
import { logCapShare } from "@/separation/_cap_share.ts";
import assert from "node:assert/strict";
import caps from "../fixtures/separation/caps.json" with { type: "json" };

Deno.test("logCapShare() equals SciPy's incomplete beta function", () => {
  assert.equal(caps.length, 90);
  for (const { width, cosine, logShare } of caps) {
    const found = logCapShare(width, (1 - cosine) / 2);
    assert.ok(
      Math.abs(found - logShare) <= 1e-11 * Math.max(1, Math.abs(logShare)),
      `D = ${width}, t = ${cosine}: ${found}, expected ${logShare}`,
    );
  }
});

Deno.test("capBound() is the number of sectors of a plane and goes to Infinity where doubles end", () => {
  for (const sectors of [2.5, 3, 4, 6, 12.25]) {
    assert.ok(Math.abs(capBound(2, Math.cos(2 * Math.PI / sectors)) - sectors) < 1e-9);
  }
  assert.equal(capBound(4096, 0.99), Infinity);
});

Deno.test("smallCosineBound() is met by simplex, orthoplex and the codes that Levenshtein's third bound is tight for", () => {
  assert.equal(smallCosineBound(8, -1 / 8), 9);
  assert.equal(smallCosineBound(8, -0.01), 9);
  assert.equal(smallCosineBound(8, -0.5), 3);
  assert.equal(smallCosineBound(8, 0), 16);
  // Clebsch's 16 points in 5 dimensions, Higman and Sims' 100 in 22: table 1 of H. Cohn and A. Kumar,
  // https://arxiv.org/abs/math/0607446
  assert.ok(Math.abs(smallCosineBound(5, 1 / 5) - 16) < 1e-12);
  assert.ok(Math.abs(smallCosineBound(22, 1 / 11) - 100) < 1e-11);
  assert.equal(smallCosineBound(8, 0.24), Infinity);
});

Deno.test("separationBound() is not below what is known to be possible, and rounds down", () => {
  const known: [number, number, number][] = [
    [3, 1 / Math.sqrt(5), 12], // icosahedron
    [4, 0.5, 24], // 24-cell
    [8, 0.5, 240], // roots of E8
    [24, 0.5, 196560], // Leech lattice
    [512, 0, 1024],
    [22, 1 / 11, 100],
  ];
  for (const [width, cosine, points] of known) {
    assert.ok(separationBound(width, cosine) >= points, `D = ${width}, t = ${cosine}`);
  }
  assert.equal(separationBound(2, Math.cos(2 * Math.PI / 7.5)), 7);
  assert.equal(separationBound(512, -0.5), 3);
  assert.equal(separationBound(22, 1 / 11), 100);
});

Deno.test("separationBound() refuses what is no cosine or no width", () => {
  for (const [width, cosine] of [[1, 0], [2.5, 0], [8, 1], [8, -1], [8, NaN]] as const) {
    assert.throws(() => separationBound(width, cosine), { name: "RangeError", message: /Cannot bound a packing/ });
  }
});
