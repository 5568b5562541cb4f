import assert from "node:assert/strict";
import {
  poolTemplates,
  readIjbFaces,
  readIjbLandmarks,
  readIjbPairs,
  reportIjb,
  templateScores,
} from "@/evaluation/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { near } from "./_fixture.ts";
import { ijb, ijbFile, ijbMirrored, ijbPlain } from "./_ijb.ts";

const faces = await readIjbFaces(ijbFile("_face_tid_mid.txt"));
const pairs = await readIjbPairs(ijbFile("_template_pair_label.txt"));
const landmarks = await readIjbLandmarks(ijbFile("_name_5pts_score.txt"));
const added = ijbPlain.map((x, i) => x + ijbMirrored[i]!);
const modes = {
  F2N1D1: { features: added, scores: landmarks.scores, keepNorm: true },
  F0N1D0: { features: ijbPlain, scores: undefined, keepNorm: true },
  F2N0D1: { features: added, scores: landmarks.scores, keepNorm: false },
};

for (const [name, mode] of Object.entries(modes)) {
  Deno.test(`reportIjb() has the scores and the table of eval_ijb.py: ${name}`, () => {
    const expected = ijb.modes[name as keyof typeof modes];
    const input = { ...faces, ...mode, width: ijb.width };
    const scores = templateScores(poolTemplates(input), pairs.first, pairs.second);
    // Norms are summed in float32 there, in another order.
    const tolerance = mode.keepNorm ? 1e-12 : 1e-6;
    assertAllClose({ data: scores.subarray(0, 200) }, { data: Float64Array.from(expected.scores) }, {
      atol: tolerance,
      rtol: 0,
    });
    assert.ok(near(scores.reduce((a, b) => a + b, 0), expected.sum, tolerance * scores.length));
    const { published, scores: report, ...rest } = reportIjb(input, pairs);
    published.forEach(({ fmr, tar, resolvable }, k) => {
      assert.ok(near(fmr, expected.table[k]![0]) && near(tar, expected.table[k]![1]), `${k}: ${tar} at ${fmr}`);
      assert.equal(resolvable, k >= 4); // 2,320 impostors
    });
    assert.deepEqual(report.pairs, ijb.pairs);
    assert.deepEqual(report.tar.map(({ tar }) => tar === undefined), [true, true, true, true, false, false]);
    assert.deepEqual(rest, { images: [337, 0], templates: [70, 0], pairsLeftOut: 0, intervals: undefined });
  });
}

Deno.test("reportIjb() draws people whom genuine pairs join", () => {
  const { intervals, scores } = reportIjb({ ...faces, ...modes.F2N1D1, width: ijb.width }, pairs, {
    bootstrap: { replicates: 100 },
  });
  const { low, high, draws } = intervals!.equalErrorRate!;
  assert.ok(low < scores.equalErrorRate && scores.equalErrorRate < high && draws === 100);
  assert.deepEqual(
    intervals!.tar.map((interval) => interval !== undefined),
    scores.tar.map(({ tar }) => tar !== undefined),
  );
  assert.ok(intervals!.tar[5]!.low <= scores.tar[5]!.tar! && scores.tar[5]!.tar! <= intervals!.tar[5]!.high);
});

Deno.test("poolTemplates() leaves out images without a feature and says so; their templates' pairs are left out", () => {
  const features = added.slice(), gone = faces.templates[0]!;
  const missing = [...faces.templates.keys()].filter((i) => faces.templates[i] === gone || i === 200);
  for (const i of missing) features.fill(NaN, i * ijb.width, (i + 1) * ijb.width);
  const input = { ...faces, features, width: ijb.width };
  const pooled = poolTemplates(input);
  assert.deepEqual([pooled.leftOut, pooled.empty], [missing, [gone]]);
  const { images, templates, pairsLeftOut, scores } = reportIjb(input, pairs);
  assert.deepEqual([images, templates, pairsLeftOut], [[337, missing.length], [70, 1], 69]);
  assert.equal(scores.pairs[0] + scores.pairs[1], 70 * 69 / 2 - 69);
  // As if the images had never been there.
  const rest = [...faces.templates.keys()].filter((i) => !missing.includes(i));
  const without = poolTemplates({
    features: Float32Array.from(rest.flatMap((i) => [...features.subarray(i * ijb.width, (i + 1) * ijb.width)])),
    width: ijb.width,
    templates: rest.map((i) => faces.templates[i]!),
    medias: rest.map((i) => faces.medias[i]!),
  });
  const kept = pooled.features.filter((x) => !Number.isNaN(x));
  assert.deepEqual(kept, without.features);
});

Deno.test("poolTemplates() and templateScores() refuse what does not belong together", () => {
  const input = { features: Float32Array.of(1, 2, 3, 4), width: 2, templates: [1, 2], medias: [1, 1] };
  const refuses = (change: Partial<Parameters<typeof poolTemplates>[0]>, name: string, message: RegExp) =>
    assert.throws(() => poolTemplates({ ...input, ...change }), { name, message });
  refuses({ templates: [1] }, "TypeError", /2 features, 1 templates, 2 media and no scores/);
  refuses({ scores: [1, 2, 3] }, "TypeError", /3 scores/);
  refuses({ width: 3 }, "TypeError", /4 values do not make rows of 3/);
  refuses(
    { features: Float32Array.of(1, 2, NaN, 4) },
    "RangeError",
    /feature of image 1 has values that are not finite/,
  );
  refuses(
    { features: Float32Array.of(1, Infinity, 3, 4) },
    "RangeError",
    /feature of image 0 has values that are not finite/,
  );
  refuses({ features: new Float32Array(4).fill(NaN) }, "RangeError", /none of 2 images has a feature/);
  const pooled = poolTemplates(input);
  assert.throws(() => templateScores(pooled, [1], [3]), {
    name: "RangeError",
    message: /no image belongs to template 3/,
  });
  assert.throws(() => templateScores(pooled, [1], []), { name: "RangeError", message: /1 first and 0 second/ });
});
