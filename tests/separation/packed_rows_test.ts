import {
  arrayVectors,
  cosine,
  type PackingResult,
  sampledVectors,
  sphereSampler,
  type VectorSource,
} from "@/identity/mod.ts";
import { packedRows, type PackedRowsOptions, SeparationError } from "@/separation/mod.ts";
import assert from "node:assert/strict";
import { largestSpacing, onCircle } from "../identity/_circle.ts";

const sphere = (width: number, count: number, seed: number): VectorSource =>
  sampledVectors(sphereSampler(width, { seed }), count);

/** All rows of a result, one by one. */
const rowsOf = ({ vectors, count, width }: PackingResult) =>
  Array.from({ length: count }, (_, i) => vectors.subarray(i * width, (i + 1) * width));

/** The rule itself, in float64. */
function isApart(rows: readonly Float32Array[], maxCosine: number, enrolled: readonly Float32Array[] = []): boolean {
  return rows.every((row, i) => [...rows.slice(0, i), ...enrolled].every((other) => cosine(row, other) <= maxCosine));
}

/** The rows, or why there are none. */
async function attempt(options: PackedRowsOptions): Promise<PackingResult | SeparationError> {
  try {
    return await packedRows({ threads: 1, ...options });
  } catch (error) {
    if (error instanceof SeparationError) return error;
    throw error;
  }
}

Deno.test("packedRows() keeps all rows apart, and from enrolled ones", async () => {
  const cases = [[8, 30, 0, 0.4], [8, 20, 30, 0.5], [32, 60, 200, 0.3], [3, 2, 1, -0.1]] as const;
  for (const [width, count, enrolled, maxCosine] of cases) {
    for (const seed of [1, 2]) {
      const against = enrolled === 0 ? undefined : sphere(width, enrolled, 50 + seed);
      const others = Array.from({ length: enrolled }, (_, a) => against!.vector(a));
      const start = sphere(width, count, seed);
      const found = await attempt({ start, against, maxCosine, seed });
      assert.ok(!(found instanceof SeparationError), `${count} of width ${width}: ${(found as Error).message}`);
      assert.ok(!isApart(Array.from({ length: count }, (_, i) => start.vector(i)), maxCosine, others));
      assert.ok(isApart(rowsOf(found), maxCosine, others));
    }
  }
});

Deno.test("packedRows() reaches what a circle has room for, and refuses what it has no room for", async () => {
  let reached = 0, refused = 0;
  const caps = [[[0], 30], [[0, 50], 40], [[0], 100], [[0, 120, 240], 50], [[0, 90, 180, 270], 50]] as const;
  for (const [enrolled, half] of caps) {
    const against = arrayVectors(onCircle(enrolled), 2, "caps"), maxCosine = Math.cos(half * Math.PI / 180);
    const others = enrolled.map((_, a) => against.vector(a));
    for (const count of [2, 3, 4, 5, 6, 7, 8]) {
      const room = largestSpacing(enrolled, half, count);
      const found = await attempt({ start: sphere(2, count, count), against, maxCosine, seed: count });
      if (found instanceof SeparationError) {
        // Where caps leave several arcs, the descent may find no way to the ones that are free.
        assert.ok(
          room < 1.02 * half || enrolled.length === 3,
          `${count} beside ${enrolled}: ${found.message}, room ${room}`,
        );
        assert.ok(found.reached < count && found.bound >= found.reached);
        refused++;
      } else {
        assert.ok(room >= half - 1e-3, `${count} beside ${enrolled} cannot be apart`);
        assert.ok(isApart(rowsOf(found), maxCosine, others));
        reached++;
      }
    }
  }
  assert.ok(reached > 10 && refused > 10, `${reached} reached, ${refused} refused`);
});

Deno.test("packedRows() knows before it begins what is too much, enrolled rows that are apart included", async () => {
  const steps: number[] = [], onProgress = () => steps.push(1);
  const begin = (count: number, angles: readonly number[]) =>
    attempt({
      start: sphere(2, count, 1),
      against: arrayVectors(onCircle(angles), 2, "caps"),
      maxCosine: 0.01,
      onProgress,
    });
  const many = await attempt({ start: sphere(2, 5, 1), maxCosine: 0, onProgress });
  assert.ok(many instanceof SeparationError && many.reason === "bound" && many.bound === 4);
  const three = await begin(3, [0, 90]);
  assert.ok(three instanceof SeparationError && three.reason === "bound" && three.bound === 2, String(three));
  assert.match(three.message, /Cannot keep 3 rows at cosine 0.01 or less: no more than 2 directions/);
  assert.deepEqual(steps, [], "no step was taken");
  assert.ok(!(await begin(3, [0, 0, 0]) instanceof SeparationError), "one direction enrolled thrice leaves three");
});

Deno.test("packedRows() says how many rows fit when the descent does not get there", async () => {
  const found = await attempt({ start: sphere(8, 40, 1), maxCosine: 0.3, iterations: 5 });
  assert.ok(found instanceof SeparationError && found.reason === "descent");
  assert.ok(found.reached > 3 && found.reached < 40 && found.steps === 5 && found.largest! > 0.3);
  assert.equal(found.rate, found.reached / 40);
  assert.match(
    found.message,
    /Cannot keep 40 rows at cosine 0.3 or less: after 5 steps of descent the largest is 0\.\d{4}, and \d+ rows fit/,
  );
  const covered = await attempt({
    ...{
      start: sphere(2, 2, 1),
      against: arrayVectors(onCircle([0, 90, 180, 270]), 2, "caps"),
      maxCosine: 0.64,
      iterations: 20,
    },
  });
  assert.ok(covered instanceof SeparationError && covered.reached === 0 && covered.largest! > 0.64);
});

Deno.test("packedRows() lets a packed set grow by others that keep away from it", async () => {
  const first = await packedRows({ start: sphere(8, 16, 1), maxCosine: 0.4, threads: 1 });
  const against = arrayVectors(first.vectors, 8, "the first");
  const more = await packedRows({ start: sphere(8, 8, 2), against, maxCosine: 0.4, threads: 1 });
  assert.ok(isApart([...rowsOf(first), ...rowsOf(more)], 0.4));
});

Deno.test("packedRows() can be aborted, and refuses widths and cosines that do not fit", async () => {
  const stop = new AbortController(), start = sphere(4, 6, 1);
  const onProgress = () => stop.abort(new Error("enough"));
  await assert.rejects(packedRows({ start, maxCosine: 0.1, signal: stop.signal, onProgress, threads: 1 }), /enough/);
  await assert.rejects(packedRows({ start, maxCosine: 0.3, against: sphere(5, 2, 1) }), {
    name: "TypeError",
    message: /has width 4, but the sphere to stay away from has 5/,
  });
  await assert.rejects(packedRows({ start, maxCosine: 1 }), { name: "RangeError", message: /cosine 1, expected/ });
});
