import {
  arrayVectors,
  cosine,
  fitMoments,
  gaussianSampler,
  type IdentitySampler,
  norm,
  sphereSampler,
} from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { separatedRows, SeparationError, type SeparationOptions } from "@/separation/mod.ts";
import { type UnitRows, unitRows } from "@/similarity/mod.ts";
import assert from "node:assert/strict";

const D = 8;

async function collect(sampler: IdentitySampler, options: SeparationOptions) {
  const out = [];
  for await (const row of separatedRows(sampler, { threads: 1, ...options })) out.push(row);
  return out;
}

/** The rule itself, one row after the other, in float64. */
function bruteForce(sampler: IdentitySampler, count: number, t: number, enrolled: readonly Float32Array[] = []) {
  const kept: { row: number; attempt: number; vector: Float32Array }[] = [];
  for (let row = 0; row < count; row++) {
    for (let attempt = 0;; attempt++) {
      const vector = sampler.draw(row, attempt);
      if ([...enrolled, ...kept.map((k) => k.vector)].some((other) => cosine(vector, other) > t)) continue;
      kept.push({ row, attempt, vector });
      break;
    }
  }
  return kept;
}

function asUnitRows(vectors: readonly Float32Array[], name: string): UnitRows {
  const width = vectors[0]!.length, data = new Float32Array(vectors.length * width);
  vectors.forEach((vector, i) => data.set(vector, i * width));
  return unitRows(arrayVectors(data, width, name));
}

/** Rows with a common direction, so that they crowd. */
function crowd(seed: number): IdentitySampler {
  const data = new Float32Array(60 * D), stream = new RandomStream(seed, "crowd");
  for (let i = 0; i < data.length; i++) data[i] = stream.normal() + (i % D === 0 ? 1 : 0);
  return gaussianSampler(fitMoments(data, D), { seed });
}

Deno.test("separatedRows() is the rule applied row by row, whatever the block size and threads", async () => {
  for (const [sampler, count, t] of [[sphereSampler(D, { seed: 5 }), 40, 0.5], [crowd(6), 30, 0.55]] as const) {
    const expected = bruteForce(sampler, count, t);
    const redraws = expected.reduce((sum, { attempt }) => sum + attempt, 0);
    assert.ok(redraws > 40, `the case must have many conflicts, it has ${redraws}`);
    for (const blockRows of [1, 3, 7, 16, 1024]) {
      assert.deepEqual(await collect(sampler, { count, maxCosine: t, blockRows }), expected, `blocks of ${blockRows}`);
    }
    assert.deepEqual(await collect(sampler, { count, maxCosine: t, blockRows: 16, threads: 2 }), expected);
  }
});

Deno.test("separatedRows() keeps every pair at the cosine or below, and says how many rows it drew again", async () => {
  const sampler = sphereSampler(16, { seed: 8 });
  let last = { rows: 0, redraws: 0 };
  const rows = await collect(sampler, {
    count: 120,
    maxCosine: 0.45,
    blockRows: 32,
    onProgress: (progress) => {
      assert.ok(progress.rows >= last.rows && progress.redraws >= last.redraws);
      last = progress;
    },
  });
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) assert.ok(cosine(rows[i]!.vector, rows[j]!.vector) <= 0.45);
    assert.deepEqual(rows[i]!.vector, sampler.draw(i, rows[i]!.attempt));
  }
  assert.deepEqual(last, { rows: 120, redraws: rows.reduce((sum, { attempt }) => sum + attempt, 0) });
  assert.ok(last.redraws > 20);
});

Deno.test("separatedRows() compares with all rows of a set that is longer than a block and than a chunk of memory", async () => {
  const width = 12, maxCosine = 0.8;
  const rows = await collect(sphereSampler(width, { seed: 13 }), { count: 2100, maxCosine });
  const units = rows.map(({ vector }) => Float64Array.from(vector, (value) => value / norm(vector)));
  let largest = -1;
  for (let i = 0; i < units.length; i++) {
    for (let j = 0; j < i; j++) {
      let product = 0;
      for (let c = 0; c < width; c++) product += units[i]![c]! * units[j]![c]!;
      largest = Math.max(largest, product);
    }
  }
  assert.ok(largest <= maxCosine && largest > maxCosine - 1e-3, `largest cosine ${largest}`);
  assert.ok(rows.slice(2048).some(({ attempt }) => attempt > 0));
});

Deno.test("separatedRows() gives a longer set that begins with the shorter one, grown at once or from its rows", async () => {
  const sampler = sphereSampler(D, { seed: 9 }), maxCosine = 0.5;
  const long = await collect(sampler, { count: 36, maxCosine, blockRows: 10 });
  const short = await collect(sampler, { count: 21, maxCosine, blockRows: 4 });
  assert.deepEqual(short, long.slice(0, 21));
  const start = asUnitRows(short.map(({ vector }) => vector), "the first rows");
  assert.deepEqual(await collect(sampler, { count: 36, maxCosine, start, blockRows: 7 }), long.slice(21));
  assert.deepEqual(await collect(sampler, { count: 21, maxCosine, start }), []);
});

Deno.test("separatedRows() keeps away from enrolled rows, which may be alike themselves", async () => {
  const sampler = sphereSampler(D, { seed: 10 });
  const enrolled = Array.from({ length: 12 }, (_, row) => sphereSampler(D, { seed: 11 }).draw(row >> 1));
  const against = asUnitRows(enrolled, "enrolled");
  const expected = bruteForce(sampler, 20, 0.5, enrolled);
  assert.notDeepEqual(expected, bruteForce(sampler, 20, 0.5));
  for (const blockRows of [1, 6, 64]) {
    assert.deepEqual(await collect(sampler, { count: 20, maxCosine: 0.5, against, blockRows }), expected);
  }
  const grown = asUnitRows(expected.slice(0, 8).map(({ vector }) => vector), "eight");
  assert.deepEqual(
    await collect(sampler, { count: 20, maxCosine: 0.5, against, start: grown, blockRows: 5 }),
    expected.slice(8),
  );
});

Deno.test("separatedRows() decides pairs within float32's rounding of the cosine in float64", async () => {
  // Pairs (e1, v) with cosines a few float32 roundings on either side of t; every second one is above.
  const t = 0.3, width = 512;
  const pair = (k: number): [Float32Array, Float32Array] => {
    const a = new Float32Array(width), b = new Float32Array(width), stream = new RandomStream(k, "edge");
    for (let c = 0; c < width; c++) [a[c], b[c]] = [stream.normal(), stream.normal()];
    for (let step = 0; step < 60; step++) { // move b along a until the cosine is next to t on the wanted side
      const found = cosine(a, b), off = t - found + (k % 2 === 0 ? -1e-8 : 1e-8);
      for (let c = 0; c < width; c++) b[c]! += off * a[c]! * 0.9;
    }
    return [a, b];
  };
  let [above, below] = [0, 0];
  for (let k = 0; k < 12; k++) {
    const rows = pair(k), exact = cosine(...rows);
    assert.ok(Math.abs(exact - t) < 1e-6, `pair ${k} is at ${exact}`);
    const other = new Float32Array(width).map((_, c) => -rows[0][c]! - rows[1][c]!);
    const sampler: IdentitySampler = {
      name: "a pair",
      width,
      count: 2,
      recipe: {},
      draw: (row, attempt = 0) => attempt > 0 ? other : rows[row]!,
    };
    const kept = await collect(sampler, { count: 2, maxCosine: t });
    assert.equal(kept[1]!.attempt, exact > t ? 1 : 0, `pair ${k} is at ${exact}`);
    if (exact > t) above++;
    else below++;
  }
  assert.ok(above > 2 && below > 2, `${above} above, ${below} below`);
});

Deno.test("separatedRows() leaves out the rows of a sampler that cannot redraw", async () => {
  const source = crowd(12), t = 0.6;
  const rows = Array.from({ length: 200 }, (_, row) => source.draw(row));
  const sampler: IdentitySampler & { redraws: false } = {
    name: "centres",
    width: D,
    count: rows.length,
    recipe: {},
    redraws: false,
    draw(row, attempt = 0) {
      assert.equal(attempt, 0);
      return rows[row]!;
    },
  };
  const kept: number[] = [];
  rows.forEach((vector, row) => {
    if (kept.every((other) => cosine(vector, rows[other]!) <= t)) kept.push(row);
  });
  assert.ok(kept.length > 20 && kept.length < 150, `${kept.length} kept`);
  for (const blockRows of [1, 9, 1024]) {
    const found = await collect(sampler, { count: kept.length, maxCosine: t, blockRows });
    assert.deepEqual(found.map(({ row }) => row), kept);
    assert.ok(found.every(({ attempt }) => attempt === 0));
  }
  const start = asUnitRows(kept.slice(0, 11).map((row) => rows[row]!), "eleven");
  const grown = await collect(sampler, { count: kept.length, maxCosine: t, start, blockRows: 50 });
  assert.deepEqual(grown.map(({ row }) => row), kept.slice(11));
  const seen: number[] = [];
  await assert.rejects(
    async () => {
      for await (const { row } of separatedRows(sampler, { count: kept.length + 1, maxCosine: t, threads: 1 })) {
        seen.push(row);
      }
    },
    (error) =>
      error instanceof SeparationError && error.reason === "exhausted" && error.reached === kept.length &&
      error.message.includes(`the sampler's rows end after ${kept.length} that fit`),
  );
  assert.deepEqual(seen, kept);
});

Deno.test("separatedRows() refuses at once what no method can place", async () => {
  let drawn = 0;
  const sphere = sphereSampler(D, { seed: 1 });
  const counted = {
    ...sphere,
    draw: (row: number, attempt?: number) => {
      drawn++;
      return sphere.draw(row, attempt);
    },
  };
  await assert.rejects(
    collect(counted, { count: 17, maxCosine: 0 }),
    (error) =>
      error instanceof SeparationError && error.reason === "bound" && error.bound === 16 && error.count === 17 &&
      error.reached === 0 && /17 rows at cosine 0 or less: no more than 16/.test(error.message),
  );
  const against = asUnitRows([sphere.draw(99)], "one");
  await assert.rejects(collect(counted, { count: 16, maxCosine: 0, against }), { bound: 15 });
  assert.equal(drawn, 0);
});

Deno.test("separatedRows() gives up at the same row for every block size when drawing gets nowhere", async () => {
  const sphere = sphereSampler(D, { seed: 2 });
  const ends: unknown[] = [];
  for (const blockRows of [1, 5, 256]) {
    let drawn = 0;
    const sampler = {
      ...sphere,
      draw: (row: number, attempt?: number) => {
        drawn++;
        return sphere.draw(row, attempt);
      },
    };
    const rows: unknown[] = [];
    // 60 directions 75 degrees apart: fewer than the bound, far more than drawing finds.
    const failure = await (async () => {
      for await (
        const row of separatedRows(sampler, { count: 60, maxCosine: 0.26, maxAttempts: 3000, blockRows, threads: 1 })
      ) {
        rows.push(row);
      }
    })().catch((error) => error);
    assert.ok(failure instanceof SeparationError, String(failure));
    assert.equal(failure.reason, "no progress");
    assert.equal(failure.reached, rows.length);
    assert.ok(failure.reached > 5 && failure.reached < 60 && failure.bound >= 60 && failure.rate < 0.2);
    assert.match(failure.message, new RegExp(`${failure.reached} are placed`));
    assert.ok(drawn <= 20_000, `${drawn} draws`);
    ends.push([rows, failure.reached, failure.rate, failure.message]);
  }
  assert.deepEqual(ends[1], ends[0]);
  assert.deepEqual(ends[2], ends[0]);
});

Deno.test("separatedRows() refuses a start that is not apart, unless told not to look", async () => {
  const sampler = sphereSampler(D, { seed: 3 });
  const alike = asUnitRows([sampler.draw(0), sampler.draw(0)], "twins");
  await assert.rejects(collect(sampler, { count: 4, maxCosine: 0.5, start: alike }), {
    name: "RangeError",
    message: /Cannot grow twins at cosine 0.5 or less: its row 0 and row 1/,
  });
  assert.equal((await collect(sampler, { count: 4, maxCosine: 0.5, start: alike, checkStart: false })).length, 2);
  const start = asUnitRows([sampler.draw(0)], "one"), against = asUnitRows([sampler.draw(0)], "enrolled");
  await assert.rejects(collect(sampler, { count: 4, maxCosine: 0.5, start, against }), {
    name: "RangeError",
    message: /its row 0 and row 0 of enrolled/,
  });
});

Deno.test("separatedRows() can be left early and aborted", async () => {
  const sampler = sphereSampler(D, { seed: 4 });
  for await (const { row } of separatedRows(sampler, { count: 30, maxCosine: 0.5, threads: 1 })) {
    if (row === 3) break;
  }
  const controller = new AbortController();
  const rows = separatedRows(sampler, {
    count: 60,
    maxCosine: 0.5,
    blockRows: 8,
    threads: 1,
    signal: controller.signal,
  });
  await rows.next();
  controller.abort(new Error("enough"));
  await assert.rejects(async () => {
    for await (const _ of rows);
  }, /enough/);
});

Deno.test("separatedRows() refuses options that are out of range, broken rows and other widths", async () => {
  const sampler = sphereSampler(D, { seed: 1 });
  const refuses = (options: Partial<SeparationOptions>, name: string, message: RegExp) =>
    assert.rejects(collect(sampler, { count: 4, maxCosine: 0.5, ...options }), { name, message });
  await refuses({ count: 0 }, "RangeError", /Cannot keep 0 rows apart/);
  await refuses({ maxCosine: 1 }, "RangeError", /at cosine 1: expected a number between -1 and 1/);
  await refuses({ blockRows: 0 }, "RangeError", /blockRows is 0/);
  await refuses({ maxAttempts: 3 }, "RangeError", /maxAttempts is 3, expected at least one for each row/);
  await refuses({ against: asUnitRows([Float32Array.of(1, 2)], "thin") }, "TypeError", /thin: widths 8 and 2 differ/);
  await assert.rejects(collect({ ...sampler, count: 3 }, { count: 4, maxCosine: 0.5 }), {
    name: "RangeError",
    message: /it has 3/,
  });
  const broken = { ...sampler, draw: () => new Float32Array(D).fill(NaN) };
  await assert.rejects(collect(broken, { count: 1, maxCosine: 0.5 }), { name: "RangeError", message: /NaN/ });
  const tiny = { ...sampler, draw: () => new Float32Array(D).fill(1e-30) };
  await assert.rejects(collect(tiny, { count: 1, maxCosine: 0.5 }), { name: "RangeError", message: /scale the rows/ });
});
