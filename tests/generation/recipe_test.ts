import assert from "node:assert/strict";
import { checkRecipe, type Recipe, recipeDifferences, recipeText } from "@/generation/mod.ts";
import { someRecipe } from "./_fake.ts";
import { someRefinement, someTargets } from "./_fake_attributes.ts";

const recipe = someRecipe(10, 5);

/** The recipe with one field set, by path; undefined removes it. */
function changed(path: string, value: unknown): unknown {
  const copy = JSON.parse(recipeText(recipe));
  const keys = path.split(".");
  const last = keys.pop()!;
  keys.reduce((at, key) => at[key], copy)[last] = value;
  return JSON.parse(JSON.stringify(copy));
}

Deno.test("recipeText() and checkRecipe() keep a recipe", () => {
  assert.deepEqual(
    checkRecipe(JSON.parse(recipeText(recipe)), "r.json"),
    recipe,
  );
  const turned = someRecipe(1, 1, {
    variation: { kind: "cosine", cosine: -0.5 },
    seed: "18446744073709551615",
  });
  assert.deepEqual(
    checkRecipe(JSON.parse(recipeText(turned)), "r.json"),
    turned,
  );
});

Deno.test("recipeText() does not depend on the order of the fields", () => {
  const shuffled = Object.fromEntries(
    Object.entries(recipe).reverse(),
  ) as unknown as Recipe;
  assert.equal(recipeText(shuffled), recipeText(recipe));
});

Deno.test.each([
  ["schema", "vec2face-recipe/2"],
  ["identities.source", "dice"],
  ["identities.sha256", "abc"],
  ["identities.count", 0],
  ["identities.count", 1.5],
  ["images", "5"],
  ["seed", 7],
  ["seed", "-1"],
  ["seed", "18446744073709551616"],
  ["variation.kind", "none"],
  ["variation.sigmas", []],
  ["variation.mix", [0.5, -0.5, 1]],
  ["mask.min", 2],
  ["mask.sd", 0],
  ["model.sha256", undefined],
  ["output.format", "zip"],
  ["output.quality", 0],
  ["identities", null],
])("checkRecipe() refuses %s = %j by name", (path, value) => {
  const field = path === "identities" ? "identities.source" : path;
  assert.throws(
    () => checkRecipe(changed(path, value), "r.json"),
    (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      assert.ok(
        error.message.startsWith(`Cannot read recipe r.json: ${field} is `),
        error.message,
      );
      return true;
    },
  );
});

Deno.test("checkRecipe() refuses shares that do not match the sigmas, and things that are no recipe", () => {
  assert.throws(() => checkRecipe(changed("variation.mix", [1]), "r.json"), {
    message: /variation.mix has 1 shares/,
  });
  assert.throws(
    () =>
      checkRecipe(
        changed("variation", { kind: "cosine", cosine: 2 }),
        "r.json",
      ),
    {
      message: /variation.cosine is 2/,
    },
  );
  for (const value of [null, 3, "x", []]) {
    assert.throws(() => checkRecipe(value, "r.json"), {
      name: "SyntaxError",
      message: /schema is undefined/,
    });
  }
});

Deno.test("recipeDifferences() names what changes images and nothing else", () => {
  const fields = (change: Partial<Recipe>) =>
    recipeDifferences(recipe, { ...recipe, ...change }).map(({ field }) => field);
  assert.deepEqual(fields({}), []);
  assert.deepEqual(fields({ versions: { test: "2" } }), []);
  assert.deepEqual(
    fields({ model: { ...recipe.model, file: "renamed.pth" } }),
    [],
  );
  assert.deepEqual(fields({ seed: "8" }), ["seed"]);
  assert.deepEqual(
    fields({ model: { ...recipe.model, sha256: "b".repeat(64) } }),
    ["model.sha256"],
  );
  assert.deepEqual(fields({ output: { format: "lmdb", quality: 80 } }), [
    "output.format",
    "output.quality",
  ]);
  assert.deepEqual(
    fields({
      variation: {
        kind: "sigma",
        sigmas: [0.3, 0.5, 0.8],
        mix: [0.4, 0.4, 0.2],
      },
    }),
    [
      "variation.sigmas",
    ],
  );
  assert.deepEqual(fields({ variation: { kind: "cosine", cosine: 0.7 } }), [
    "variation.kind",
    "variation.sigmas",
    "variation.mix",
    "variation.cosine",
  ]);
  assert.deepEqual(recipeDifferences(recipe, someRecipe(12, 5)), [
    { field: "identities.count", found: "10", wanted: "12" },
  ]);
});

const full = someRecipe(10, 5, {
  identities: { ...recipe.identities, firstLabel: 7 },
  refinement: someRefinement(),
  targets: someTargets(),
});

Deno.test("recipeText() and checkRecipe() keep what is said of attributes, and what was achieved", () => {
  const images = { settled: 1, accepted: 1, leftOut: 0, iterations: 3, mean: { yaw: 2 }, missed: { yaw: 1 } };
  const achieved = { ...full, achieved: { images } };
  assert.deepEqual(checkRecipe(JSON.parse(recipeText(achieved)), "r.json"), achieved);
  assert.ok(!recipeText(recipe).includes("refinement"));
});

Deno.test.each([
  ["identities.firstLabel", -1],
  ["refinement.preset", "max"],
  ["refinement.iterations", 0],
  ["refinement.learningRate", 0],
  ["refinement.identity.threshold", undefined],
  ["refinement.quality.model.sha256", "abc"],
  ["refinement.quality.model.output", "best"],
  ["targets.pose.model.input", "grey"],
  ["targets.pose.model.output", 3],
  ["refinement.rejected", "burn"],
  ["targets.rejected", "replace"],
  ["targets.pose.unsigned", "yes"],
  ["targets.angles", {}],
  ["targets.angles", { tilt: { kind: "constant", angle: 3 } }],
  ["targets.angles.yaw", { kind: "dice" }],
])("checkRecipe() refuses %s = %j by name", (path, value) => {
  const copy = JSON.parse(recipeText(full)), keys = path.split("."), last = keys.pop()!;
  keys.reduce((at, key) => at[key], copy)[last] = value;
  assert.throws(
    () => checkRecipe(copy, "r.json"),
    (error) => error instanceof SyntaxError && error.message.includes(`r.json: ${path} is `),
  );
});

Deno.test("recipeDifferences() names a part that only one has once, and fields of a part that both have", () => {
  const { refinement: _, ...without } = full;
  assert.deepEqual(recipeDifferences(full, without), [
    { field: "refinement.preset", found: '"mini"', wanted: "nothing" },
  ]);
  const other = {
    ...full,
    refinement: someRefinement({ iterations: 5 }),
    targets: someTargets({ angles: { pitch: { kind: "constant", angle: 3 } } }),
    achieved: { identities: undefined as never },
  };
  assert.deepEqual(recipeDifferences(full, other).map(({ field }) => field), [
    "refinement.iterations",
    "targets.angles.yaw",
    "targets.angles.pitch",
  ]);
});
