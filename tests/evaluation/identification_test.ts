import assert from "node:assert/strict";
import { identificationRanks, rankRates } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const WIDTH = 48;

/** Noisy rows around centres; labels 0..people-1, then distractors of labels of their own. */
function rows(name: string, people: number, each: number, distractors = 0, coarse = 0) {
  const stream = new RandomStream(1, name), total = people * each + distractors;
  const labels = Array.from({ length: total }, (_, i) => i < people * each ? i % people : 1000 + i);
  const features = new Float32Array(total * WIDTH);
  labels.forEach((label, i) => {
    const centre = new RandomStream(2, "centres for tests", label).fillNormal(new Float32Array(WIDTH));
    for (let c = 0; c < WIDTH; c++) {
      const value = centre[c]! + 2.5 * stream.normal();
      features[i * WIDTH + c] = coarse === 0 ? value : Math.round(value / coarse) * coarse;
    }
  });
  return { labels, features };
}

/** Every cosine in float64, counted one by one. */
function plainRanks(gallery: ReturnType<typeof rows>, probes: ReturnType<typeof rows>): number[] {
  const row = (of: Float32Array, i: number) => [...of.subarray(i * WIDTH, (i + 1) * WIDTH)];
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, c) => sum + x * b[c]!, 0);
  return probes.labels.map((label, p) => {
    const probe = row(probes.features, p);
    const cosines = gallery.labels.map((_, g) => {
      const other = row(gallery.features, g);
      return dot(probe, other) / Math.sqrt(dot(probe, probe) * dot(other, other));
    });
    const mates = cosines.filter((_, g) => gallery.labels[g] === label);
    if (mates.length === 0) return 0;
    const best = Math.max(...mates);
    return 1 + cosines.filter((cosine, g) => gallery.labels[g] !== label && cosine >= best).length;
  });
}

Deno.test("identificationRanks() counts every row exactly, over blocks and several mates", async () => {
  const gallery = rows("gallery for tests", 40, 2, 75), probes = rows("probes for tests", 45, 3);
  const input = {
    gallery: gallery.features,
    galleryLabels: gallery.labels,
    probes: probes.features,
    probeLabels: probes.labels,
    width: WIDTH,
  };
  const expected = plainRanks(gallery, probes), done: number[] = [];
  assert.ok(new Set(expected).size > 10, "the case is too easy");
  for (const block of [32, 64, 512]) {
    const ranks = await identificationRanks(input, { block, onProgress: (n) => done.push(n) });
    assert.deepEqual([...ranks], expected, `blocks of ${block}`);
  }
  assert.deepEqual(done.slice(0, 5), [32, 64, 96, 128, 135]);
  const [first, fifth] = rankRates(expected), mated = expected.filter((rank) => rank > 0);
  assert.equal(mated.length, 120);
  assert.equal(first!.rate, mated.filter((rank) => rank === 1).length / 120);
  assert.ok(first!.interval.low < first!.rate && first!.rate < fifth!.rate);
});

Deno.test("identificationRanks() counts ties against the probe", async () => {
  const gallery = Float32Array.of(3, 4, 6, 8, 3, 4, 4, 3);
  const input = { gallery, galleryLabels: [0, 1, 2, 3], probes: Float32Array.of(3, 4), probeLabels: [0], width: 2 };
  assert.deepEqual([...await identificationRanks(input)], [3]);
});

Deno.test("identificationRanks() compares no probe with its own image, whoever that is filed under", async () => {
  const gallery = rows("gallery for tests", 40, 2, 75), images = gallery.labels.map((_, g) => g);
  const all = { gallery: gallery.features, galleryLabels: gallery.labels, width: WIDTH };
  const themselves = { ...all, probes: gallery.features, probeLabels: gallery.labels };
  assert.ok((await identificationRanks(themselves)).every((rank) => rank === 1), "each finds itself");
  const found = await identificationRanks({ ...themselves, galleryImages: images, probeImages: images });
  const expected = gallery.labels.map((_, p) => {
    const without = (of: typeof gallery) => ({
      labels: of.labels.toSpliced(p, 1),
      features: Float32Array.from([...of.features].toSpliced(p * WIDTH, WIDTH)),
    });
    const probe = { labels: [gallery.labels[p]!], features: gallery.features.subarray(p * WIDTH, (p + 1) * WIDTH) };
    return plainRanks(without(gallery), probe)[0];
  });
  assert.deepEqual([...found], expected);
  assert.ok(found.some((rank) => rank > 1) && found.subarray(80).every((rank) => rank === 0));
  const misnamed = { gallery: Float32Array.of(1, 0, 0.9, 0.1), galleryLabels: [5, 0], width: 2 };
  const probe = { probes: Float32Array.of(1, 0), probeLabels: [0] };
  assert.deepEqual([...await identificationRanks({ ...misnamed, ...probe })], [2]);
  const told = { ...misnamed, ...probe, galleryImages: [3, 4], probeImages: [3] };
  assert.deepEqual([...await identificationRanks(told)], [1]);
  await assert.rejects(identificationRanks({ ...told, probeImages: [] }), {
    name: "TypeError",
    message: "Cannot identify: images of 2 gallery rows and 0 probes are told, expected 2 and 1",
  });
});

Deno.test("identificationRanks() and rankRates() refuse what they cannot rank", async () => {
  const input = {
    gallery: Float32Array.of(1, 0),
    galleryLabels: [0],
    probes: Float32Array.of(0, 1),
    probeLabels: [0],
    width: 2,
  };
  const rejects = (change: Partial<typeof input>, name: string, message: RegExp) =>
    assert.rejects(identificationRanks({ ...input, ...change }), { name, message });
  await rejects({ galleryLabels: [0, 1] }, "TypeError", /2 values and 2 labels of gallery rows/);
  await rejects({ probes: new Float32Array(0), probeLabels: [] }, "RangeError", /there are no probes/);
  await rejects({ probes: Float32Array.of(0, 0) }, "RangeError", /row 0 of the probes is zero or not finite/);
  await rejects({ gallery: Float32Array.of(NaN, 0) }, "RangeError", /row 0 of the gallery rows is zero/);
  assert.throws(() => rankRates([0, 0]), { name: "RangeError", message: /none of 2 probes/ });
  const signal = AbortSignal.abort();
  await assert.rejects(identificationRanks(input, { signal }), { name: "AbortError" });
});
