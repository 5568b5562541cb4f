import assert from "node:assert/strict";
import { checkRecipe, type Recipe, recipeDifferences, recipeText } from "@/generation/mod.ts";
import { someRecipe } from "./_fake.ts";

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
