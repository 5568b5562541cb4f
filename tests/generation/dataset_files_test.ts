import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { beginDataset, datasetPaths, inspectDataset, readRecipe, removeDataset } from "@/generation/mod.ts";
import { someRecipe } from "./_fake.ts";

const recipe = someRecipe(10, 5);

async function withFolder(body: (directory: string) => void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Every file under a folder, sorted. */
function filesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(directory, name)).map((inner) => `${name}/${inner}`) : [name]
  ).sort();
}

Deno.test("datasetPaths() puts recipe and sheet beside the images", () => {
  assert.deepEqual(datasetPaths("out", "a.b", "lmdb"), {
    data: join("out", "a.b.lmdb"),
    recipe: join("out", "a.b.recipe.json"),
    sheet: join("out", "a.b.sheet.png"),
    identities: join("out", "a.b.identities.npy"),
    identityReport: join("out", "a.b.identities.jsonl"),
    imageReport: join("out", "a.b.images.jsonl"),
  });
  for (
    const name of [
      "",
      ".",
      "..",
      ".hidden",
      "a/b",
      "a\\b",
      "../a",
      "a\n",
      "x".repeat(201),
    ]
  ) {
    assert.throws(() => datasetPaths("out", name, "folder"), {
      name: "RangeError",
      message: /name of a data set/,
    });
  }
});

Deno.test("beginDataset() writes the recipe once and nothing beside it", () =>
  withFolder((directory) => {
    const paths = datasetPaths(
      join(directory, "deep", "er"),
      "faces",
      "folder",
    );
    assert.equal(inspectDataset(paths, recipe), "new");
    assert.deepEqual(filesIn(directory), []);
    assert.equal(beginDataset(paths, recipe), "new");
    assert.deepEqual(filesIn(directory), ["deep/er/faces.recipe.json"]);
    assert.deepEqual(readRecipe(paths.recipe), recipe);
    assert.equal(
      beginDataset(paths, { ...recipe, versions: { test: "2" } }),
      "same recipe",
    );
    assert.deepEqual(
      readRecipe(paths.recipe),
      recipe,
      "the first recipe stays",
    );
  }));

Deno.test("beginDataset() refuses another recipe and names the field", () =>
  withFolder((directory) => {
    const paths = datasetPaths(directory, "faces", "folder");
    beginDataset(paths, recipe);
    assert.throws(
      () => beginDataset(paths, { ...recipe, seed: "8", images: 6 }),
      {
        name: "RangeError",
        message: /faces: its recipe has images 5, this run asks for 6 \(and seed\)/,
      },
    );
    const lmdb = datasetPaths(directory, "faces", "lmdb");
    assert.throws(
      () =>
        beginDataset(lmdb, {
          ...recipe,
          output: { format: "lmdb", quality: 90 },
        }),
      {
        message: /output.format "folder", this run asks for "lmdb"/,
      },
    );
  }));

Deno.test("inspectDataset() refuses images without a recipe, and takes an empty folder", () =>
  withFolder((directory) => {
    const paths = datasetPaths(directory, "faces", "folder");
    Deno.mkdirSync(paths.data);
    assert.equal(inspectDataset(paths, recipe), "new");
    Deno.mkdirSync(join(paths.data, "000000"));
    assert.throws(() => inspectDataset(paths, recipe), {
      name: "RangeError",
      message: /there without a recipe/,
    });
    const lmdb = datasetPaths(directory, "faces", "lmdb");
    Deno.writeTextFileSync(lmdb.data, "something");
    assert.throws(() => inspectDataset(lmdb, recipe), {
      name: "RangeError",
      message: /faces.lmdb: it is there without/,
    });
    for (const kind of ["identities", "identityReport", "imageReport"] as const) {
      const other = datasetPaths(directory, kind, "folder");
      Deno.writeTextFileSync(other[kind], "something");
      assert.throws(() => inspectDataset(other, recipe), {
        name: "RangeError",
        message: /(identities\.npy|identities\.jsonl|images\.jsonl): it is there without a recipe/,
      });
    }
  }));

Deno.test("readRecipe() names a file that is no recipe", () =>
  withFolder((directory) => {
    const path = join(directory, "x.recipe.json");
    assert.equal(readRecipe(path), undefined);
    Deno.writeTextFileSync(path, "{");
    assert.throws(() => readRecipe(path), {
      name: "SyntaxError",
      message: /x.recipe.json: it is not JSON/,
    });
    Deno.writeTextFileSync(path, "{}");
    assert.throws(() => readRecipe(path), {
      name: "SyntaxError",
      message: /x.recipe.json: schema is undefined/,
    });
  }));

Deno.test("beginDataset() lets a data set grow when asked, by identities alone", () =>
  withFolder((directory) => {
    const paths = datasetPaths(directory, "faces", "folder");
    beginDataset(paths, recipe);
    const larger = someRecipe(12, 5);
    assert.throws(() => beginDataset(paths, larger), {
      message: /identities.count 10, .* 12; .* let it grow/,
    });
    assert.throws(() => beginDataset(paths, someRecipe(8, 5), { grow: true }), {
      message: /identities.count 10/,
    });
    assert.throws(
      () => beginDataset(paths, someRecipe(12, 6), { grow: true }),
      { message: /\(and images\)/ },
    );
    assert.equal(inspectDataset(paths, larger, { grow: true }), "to grow");
    assert.deepEqual(readRecipe(paths.recipe), recipe);
    assert.equal(beginDataset(paths, larger, { grow: true }), "to grow");
    assert.deepEqual(readRecipe(paths.recipe), larger);
    assert.deepEqual(filesIn(directory), ["faces.recipe.json"]);
  }));

Deno.test("removeDataset() takes away images, recipe, sheet and what a killed writer left", () =>
  withFolder((directory) => {
    const paths = datasetPaths(directory, "faces", "folder");
    beginDataset(paths, recipe);
    for (const row of ["000000", "000001", ".partial/some-writer"]) {
      Deno.mkdirSync(join(paths.data, row), { recursive: true });
      Deno.writeTextFileSync(join(paths.data, row, "000.jpg"), "");
    }
    for (const path of [paths.sheet, paths.identities, paths.identityReport, paths.imageReport]) {
      Deno.writeTextFileSync(path, "");
    }
    Deno.writeTextFileSync(join(directory, "other.recipe.json"), "");
    removeDataset(paths);
    assert.deepEqual(filesIn(directory), ["other.recipe.json"]);
  }));

Deno.test.each([
  "000000/notes.txt",
  "holidays/001.jpg",
  "readme.md",
  "000000/deeper/000.jpg",
])(
  "removeDataset() removes nothing when %s is among the images",
  async (stranger) => {
    await withFolder((directory) => {
      const paths = datasetPaths(directory, "faces", "folder");
      beginDataset(paths, recipe);
      for (const file of ["000000/000.jpg", stranger]) {
        Deno.mkdirSync(dirname(join(paths.data, file)), { recursive: true });
        Deno.writeTextFileSync(join(paths.data, file), "");
      }
      const before = filesIn(directory);
      assert.throws(() => removeDataset(paths), (error: Error) => {
        assert.equal(error.name, "RangeError");
        assert.ok(
          error.message.includes(
            stranger.split("/000.jpg")[0]!.split("/001.jpg")[0]!,
          ),
          error.message,
        );
        return true;
      });
      assert.deepEqual(filesIn(directory), before);
    });
  },
);

Deno.test("removeDataset() takes away an LMDB file and its lock", () =>
  withFolder((directory) => {
    const paths = datasetPaths(directory, "faces", "lmdb");
    for (const path of [paths.data, `${paths.data}-lock`, paths.recipe]) {
      Deno.writeTextFileSync(path, "");
    }
    removeDataset(paths);
    assert.deepEqual(filesIn(directory), []);
  }));
