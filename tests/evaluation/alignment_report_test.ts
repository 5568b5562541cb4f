/** Figures of alignment, with dots for landmarks and a judge that finds them exactly. */
import { ALIGNMENT_VIEWS, type LandmarkSource, reportAlignment } from "@/evaluation/mod.ts";
import { ARC_TEMPLATE, type Point, similarityTransform } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { dotJudge, dots } from "../images/_dots.ts";

/** Faces in larger pictures, turned. */
const landmarks = [0, 25].map((turn) => {
  const [c, s] = [1.3 * Math.cos(turn * Math.PI / 180), 1.3 * Math.sin(turn * Math.PI / 180)];
  return ARC_TEMPLATE.map(([x, y]): Point => [c * (x - 56) - s * (y - 72) + 120, s * (x - 56) + c * (y - 72) + 120]);
});
const source: LandmarkSource = {
  length: 2,
  picture: (i) => dots(240, 240, landmarks[i]!, 6),
  landmarks: (i) => landmarks[i]!,
  aligned: (i) => similarityTransform(landmarks[i]!, ARC_TEMPLATE),
};

Deno.test("reportAlignment() moves pictures and their points alike, by what it says", async () => {
  const { views, alignedOff, alignedRefused } = await reportAlignment(source, dotJudge());
  assert.deepEqual(views.map(({ kind }) => kind), ["aligned", ...ALIGNMENT_VIEWS.map(({ kind }) => kind)]);
  for (const { kind, amount, error, off, refused, auc, count } of views) {
    const name = `${kind} ${amount}`;
    assert.equal(count, 2, name);
    if (kind === "all" || kind === "shift" && amount > 0.2 || amount === 1.5) continue; // points leave the picture
    assert.ok(error < 0.8, `${name}: ${error}`);
    const want = kind === "aligned" ? 0 : kind === "shift" ? 112 * amount : undefined;
    if (want !== undefined) assert.ok(Math.abs(off - want) < 1.2, `${name}: ${off} off`);
    assert.equal(auc, kind === "aligned" ? undefined : 1, name);
    if (off < 4 || off > 20) assert.equal(refused, off > 20 ? 1 : 0, name);
  }
  assert.ok(alignedOff.every((off) => off < 1));
  assert.deepEqual(alignedRefused, []);
});

Deno.test("reportAlignment() counts by its limits, tells progress, takes small faces from afar, and stops", async () => {
  const views = [{ kind: "size", amount: 0.5 }, { kind: "shift", amount: 0.1 }] as const, seen: number[] = [];
  const afar = { ...source, length: 1 };
  const loose = await reportAlignment(source, dotJudge(), {
    views,
    afar,
    limits: { off: 100 },
    onProgress: (done) => seen.push(done),
  });
  assert.deepEqual(loose.views.map(({ refused, count }) => [refused, count]), [[0, 2], [0, 1], [0, 2]]);
  assert.deepEqual([seen, loose.limits.off], [[2, 3, 5], 100]);
  const strict = await reportAlignment(source, dotJudge(), { views, limits: { off: 5 } });
  assert.deepEqual(strict.views.map(({ refused }) => refused), [0, 1, 1]);
  const none = await reportAlignment(source, dotJudge(), { views: [], limits: { face: 1.1 } });
  assert.deepEqual(none.alignedRefused, [0, 1]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(reportAlignment(source, dotJudge(), { signal }), /enough/);
  await assert.rejects(reportAlignment({ ...source, length: 0 }, dotJudge()), { name: "RangeError" });
});
