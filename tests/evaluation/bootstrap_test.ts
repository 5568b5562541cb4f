import assert from "node:assert/strict";
import {
  bootstrapIdentities,
  consecutivePairs,
  distanceAccuracy,
  equalErrorRate,
  joinPairs,
  pairDistances,
  type PairIdentities,
  pairIdentities,
  pairWeights,
  rocCurve,
  tarAtFar,
  verificationIntervals,
  wilsonInterval,
} from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { orderDown } from "../../lib/evaluation/_argsort.ts";
import { WeightedScores } from "../../lib/evaluation/_weighted_scores.ts";
import { near } from "./_fixture.ts";
import { plain, protocol } from "./_protocol.ts";

Deno.test("bootstrapIdentities() gives the spread of a mean", () => {
  const values = new RandomStream(4, "values for tests").fillNormal(new Float32Array(400));
  const mean = values.reduce((a, b) => a + b, 0) / 400;
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400);
  const statistic = (drawn: Int32Array) => [drawn.reduce((sum, times, i) => sum + times * values[i]!, 0) / 400];
  const [found] = bootstrapIdentities(400, statistic, { replicates: 2000, confidence: 0.9 });
  const half = 1.6449 * sd / 20;
  assert.ok(Math.abs(found!.low - (mean - half)) < 0.1 * half && Math.abs(found!.high - (mean + half)) < 0.1 * half);
  assert.deepEqual([found!.confidence, found!.draws], [0.9, 2000]);
});

Deno.test("bootstrapIdentities() depends on the seed only, and draw k on k", () => {
  const draws = (replicates: number, seed: number) => {
    const seen: string[] = [];
    bootstrapIdentities(6, (drawn) => (seen.push(drawn.join()), [0]), { replicates, seed });
    return seen;
  };
  assert.deepEqual(draws(20, 1).slice(0, 5), draws(5, 1));
  assert.notDeepEqual(draws(5, 1), draws(5, 2));
  assert.ok(draws(20, 3).every((line) => line.split(",").reduce((sum, n) => sum + Number(n), 0) === 6));
});

Deno.test("bootstrapIdentities() counts draws that have no value, and can be stopped", () => {
  const odd = (drawn: Int32Array) => [drawn[0] === 0 ? undefined : drawn[0]!, undefined];
  const [some, none] = bootstrapIdentities(3, odd, { replicates: 300 });
  assert.ok(some!.low >= 1 && some!.draws > 150 && some!.draws < 260, `${some!.draws}`); // (2/3)^3 have none
  assert.equal(none, undefined);
  const stop = new AbortController(), done: number[] = [];
  const onProgress = (k: number) => (done.push(k), k === 3 && stop.abort());
  assert.throws(() => bootstrapIdentities(3, odd, { onProgress, signal: stop.signal }), { name: "AbortError" });
  assert.deepEqual(done, [1, 2, 3]);
});

Deno.test("orderDown() sorts as a comparing sort does, equal numbers in their order", () => {
  const values = new Float64Array(3000);
  new RandomStream(9, "values for tests").permutation(3000).forEach((x, i) => {
    values[i] = [0, -0, 1e-310, -1e-310, 2 ** -40 * x, -x, x / 7, -x / 7][i % 8]!;
  });
  const expected = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  assert.deepEqual([...orderDown(values)], expected);
});

const { width, same } = protocol;
const distances = pairDistances(plain, width, consecutivePairs(same.length));
/** Identities that pairs share: 60 people, some of them on both sides. */
const people: PairIdentities = {
  count: 60,
  first: Int32Array.from(same, (_, p) => p * 7 % 60),
  second: Int32Array.from(same, (kind, p) => kind === 1 ? p * 7 % 60 : (p * 7 + 1 + p % 59) % 60),
  conflicts: [],
};

Deno.test("WeightedScores agrees with the curve of pairs that are repeated", () => {
  const coarse = distances.map((d) => -Math.round(d * 50));
  const scores = new WeightedScores(coarse, same, people), rates = [0.05, 0.1, 0.3, 1];
  bootstrapIdentities(60, (drawn) => {
    const weights = pairWeights(people, drawn);
    const list = (kind: number) =>
      same.flatMap((s, p) => s === kind ? Array<number>(weights[p]!).fill(coarse[p]!) : []);
    const curve = rocCurve(list(1), list(0)), found = scores.measure(drawn, rates);
    assert.deepEqual(found.slice(0, 4), rates.map((rate) => tarAtFar(curve, rate).tar));
    assert.ok(near(found[4]!, equalErrorRate(curve), 1e-12));
    return [];
  }, { replicates: 20 });
});

Deno.test("verificationIntervals() holds the figures, and is wider than Wilson where pairs share people", () => {
  const accuracy = distanceAccuracy(distances, same);
  const curve = rocCurve(
    distances.filter((_, p) => same[p] === 1).map((d) => -d),
    distances.filter((_, p) => same[p] === 0).map((d) => -d),
  );
  const input = { distances, same, rates: [0.05, 0.1], folds: {} };
  const found = verificationIntervals({ ...input, identities: people }, { replicates: 400, seed: 5 });
  const holds = ({ low, high }: { low: number; high: number }, x: number) => low <= x && x <= high;
  assert.ok(holds(found.accuracy!, accuracy.mean));
  assert.ok(holds(found.equalErrorRate!, equalErrorRate(curve)));
  found.tar.forEach((interval, k) => assert.ok(holds(interval!, tarAtFar(curve, input.rates[k]!).tar!)));
  const wilson = wilsonInterval(accuracy.right, same.length);
  const size = ({ low, high }: { low: number; high: number }) => high - low;
  assert.ok(size(found.accuracy!) > 1.1 * size(wilson), `${size(found.accuracy!)} against ${size(wilson)}`);
  // Of people who come once, drawing people is drawing pairs.
  const alone = joinPairs(same.map((_, p) => 2 * p), same.map((kind, p) => kind === 1 ? 2 * p : 2 * p + 1), same);
  const { tar } = verificationIntervals({ ...input, identities: alone }, { replicates: 400 });
  assert.ok(tar.every((interval) => interval !== undefined));
  assert.deepEqual(
    verificationIntervals({ distances, same, identities: people }, { replicates: 2 }).accuracy,
    undefined,
  );
});

Deno.test("pairWeights() make shares of pairs that share no one vary as genuine pairs do, and 3 times as much as impostors", () => {
  const spread = (side: (p: number) => number) => {
    const pairs = 500, kinds = Array.from({ length: pairs }, (_, p) => side(p) === 2 * p ? 1 : 0);
    const identities = joinPairs(kinds.map((_, p) => 2 * p), kinds.map((_, p) => side(p)), kinds);
    const [found] = bootstrapIdentities(identities.count, (drawn) => {
      const weights = pairWeights(identities, drawn);
      const total = weights.reduce((a, b) => a + b, 0);
      return [weights.reduce((sum, weight, p) => sum + (p % 4 === 0 ? weight : 0), 0) / total];
    }, { replicates: 1500, confidence: 0.6827 });
    return (found!.high - found!.low) / 2 / Math.sqrt(0.25 * 0.75 / pairs);
  };
  const genuine = spread((p) => 2 * p), impostor = spread((p) => 2 * p + 1);
  assert.ok(Math.abs(genuine - 1) < 0.08, `${genuine}`);
  assert.ok(Math.abs(impostor - Math.sqrt(3)) < 0.16, `${impostor}`);
});

Deno.test("verificationIntervals() takes the identities that a set shows", () => {
  const identities = pairIdentities(plain, width, same);
  assert.equal(identities.count, same.reduce((sum, kind) => sum + 2 - kind, 0)); // no image comes twice here
  assert.deepEqual(identities.conflicts, []);
});

Deno.test("bootstrap functions refuse what cannot be drawn", () => {
  const range = (message: RegExp) => ({ name: "RangeError", message });
  assert.throws(() => bootstrapIdentities(1, () => []), range(/there are 1, expected at least 2/));
  assert.throws(() => bootstrapIdentities(5, () => [], { replicates: 1 }), range(/1 times/));
  assert.throws(() => bootstrapIdentities(5, () => [], { confidence: 1 }), range(/confidence is 1/));
  const input = { distances, same, identities: people };
  assert.throws(() => verificationIntervals({ ...input, rates: [0.1, 0.01] }), range(/TAR at 0.1, 0.01/));
});
