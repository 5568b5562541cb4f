import assert from "node:assert/strict";
import { join } from "node:path";
import { locateIdentities, openIdentities } from "@/generation/mod.ts";
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeNpy } from "@/weights/mod.ts";

const ROWS = new RandomStream(1, "identity").fillNormal(
  new Float32Array(8 * 4),
);

async function withFiles(
  body: (vectors: string, moments: string) => void,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const [vectors, moments] = [
      join(directory, "v.npy"),
      join(directory, "m.safetensors"),
    ];
    writeNpy(vectors, { dtype: "float32", shape: [8, 4], data: ROWS });
    saveMoments(moments, fitMoments(ROWS, 4));
    body(vectors, moments);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("locateIdentities() takes what is given, then what is bundled, and never two", () => {
  assert.deepEqual(locateIdentities({ model: "base", moments: "m" }), {
    source: "gaussian",
    path: "m",
  });
  const bundled = locateIdentities({ model: "mini" });
  assert.equal(bundled.source, "gaussian");
  assert.match(bundled.path, /data.mini.id_moments\.safetensors$/);
  assert.throws(() => locateIdentities({ model: "base" }), {
    name: "RangeError",
    message: /bundled for model "base"/,
  });
  assert.throws(() => locateIdentities({ model: "toString" }), {
    name: "RangeError",
  });
  assert.throws(
    () => locateIdentities({ model: "mini", vectors: "a", moments: "b" }),
    { message: /both vectors \(a\)/ },
  );
});

Deno.test("openIdentities() gives all rows of a file, or the first of them", () =>
  withFiles((path) => {
    using all = openIdentities({ source: "vectors", path }, {
      seed: 0,
      width: 4,
    });
    assert.deepEqual([all.count, [...all.vector(7)]], [8, [
      ...ROWS.subarray(28),
    ]]);
    using some = openIdentities({ source: "vectors", path }, {
      seed: 9,
      count: 3,
      width: 4,
    });
    assert.equal(some.count, 3);
    assert.throws(
      () =>
        openIdentities({ source: "vectors", path }, {
          seed: 0,
          count: 9,
          width: 4,
        }),
      {
        name: "TypeError",
        message: /9 identities of .*v.npy: it has 8 rows/,
      },
    );
    assert.throws(
      () => openIdentities({ source: "vectors", path }, { seed: 0, width: 5 }),
      { name: "TypeError" },
    );
  }));

Deno.test("openIdentities() checks the rows that are used only", () =>
  withFiles((path) => {
    writeNpy(path, {
      dtype: "float32",
      shape: [8, 4],
      data: ROWS.with(31, NaN),
    });
    openIdentities({ source: "vectors", path }, { seed: 0, count: 7, width: 4 })
      [Symbol.dispose]();
    assert.throws(
      () => openIdentities({ source: "vectors", path }, { seed: 0, width: 4 }),
      { message: /row 7 of .*NaN/ },
    );
  }));

Deno.test("openIdentities() draws from a Gaussian by seed and row", () =>
  withFiles((_, path) => {
    const row = (seed: number, count: number) => {
      using identities = openIdentities({ source: "gaussian", path }, {
        seed,
        count,
        width: 4,
      });
      return identities.vector(2);
    };
    assert.deepEqual(row(1, 3), row(1, 1_000_000));
    assert.notDeepEqual(row(1, 3), row(2, 3));
    assert.throws(
      () =>
        openIdentities({ source: "gaussian", path }, {
          seed: 0,
          count: 3,
          width: 512,
        }),
      {
        name: "TypeError",
        message: /m.safetensors: its vectors have 4 values, the generator takes 512/,
      },
    );
    assert.throws(
      () => openIdentities({ source: "gaussian", path }, { seed: 0, width: 4 }),
      { message: /not given/ },
    );
  }));

Deno.test("openIdentities() names a file that is not there", () => {
  const open = (source: "vectors" | "gaussian") => () =>
    openIdentities({ source, path: "none.file" }, {
      seed: 0,
      count: 1,
      width: 4,
    });
  assert.throws(open("vectors"), {
    name: "NotFound",
    message: /file of ID vectors none.file is not there/,
  });
  assert.throws(open("gaussian"), {
    name: "NotFound",
    message: /fitted Gaussian none.file is not there/,
  });
});

Deno.test("openIdentities() draws replacements from a Gaussian, and has none for a file", () =>
  withFiles((vectors, moments) => {
    using drawn = openIdentities({ source: "gaussian", path: moments }, { seed: 5, count: 3, width: 4 });
    assert.deepEqual(drawn.redraw!(2, 0), drawn.vector(2));
    assert.notDeepEqual(drawn.redraw!(2, 1), drawn.vector(2));
    using given = openIdentities({ source: "vectors", path: vectors }, { seed: 5, width: 4 });
    assert.equal(given.redraw, undefined);
  }));
