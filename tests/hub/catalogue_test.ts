import assert from "node:assert/strict";
import { checkRepoPath, externalCatalogue, hubCatalogue, hubEntry, hubGroups, selectHubEntries } from "@/hub/mod.ts";
import { type CatalogueEntry, modelCatalogue } from "@/networks/mod.ts";

const README = [
  ["model", "weights/6DRepNet_300W_LP_AFLW2000.pth"],
  ["model", "weights/arcface-r100-glint360k.pth"],
  ["model", "weights/magface-r100-glint360k.pth"],
  ["model", "weights/vec2face_generator.pth"],
  ...["10k", "20k", "100k", "200k", "300k"].map((size) => ["model", `fr_weights/hsface${size}.pth`]),
  ["model", "lmdb_dataset/WebFace4M/WebFace4M.lmdb"],
  ["model", "lmdb_dataset/WebFace4M/50000_ids_1022444_ims.npy"],
  ["model", "center_feature_examples.npy"],
  ["dataset", "HSFaces/hsface10k.lmdb"],
  ["dataset", "HSFaces/hsface20k.lmdb"],
  ["dataset", "HSFaces/hsface100k_mask.npy"],
  ["dataset", "HSFaces/hsface200k_mask.npy"],
];

Deno.test("hubCatalogue has every file that the README of Vec2Face names, and no other", () => {
  const ours = hubCatalogue.map(({ repo, path }) => {
    assert.equal(repo.name, "BooBooWu/Vec2Face");
    return [repo.type, checkRepoPath(path)];
  });
  assert.deepEqual(ours.map(String).sort(), README.map(String).sort());
});

Deno.test("hubCatalogue has one meaning for every name", () => {
  const names = [...hubCatalogue, ...externalCatalogue].flatMap(({ name, aliases }) => [name, ...aliases]);
  names.push(...hubGroups.map(({ name }) => name));
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[a-z0-9-]+$/.test(name)));
  assert.ok(hubGroups.every(({ members }) => members.every((member) => hubEntry(member)?.name === member)));
});

Deno.test("hubCatalogue has the published weights of every model", () => {
  const models = Object.values(modelCatalogue).flatMap((kind) => Object.entries<CatalogueEntry<unknown>>(kind));
  for (const [name, { weights }] of models) {
    if (weights === undefined || weights.startsWith("data/")) continue;
    assert.equal(hubEntry(weights)?.repo.type, "model", name);
  }
});

Deno.test("selectHubEntries() takes names, groups, paths and outside names", () => {
  const { files, external } = selectHubEntries([
    "HSFace300K",
    "Fr_Weights",
    "center_feature_examples.npy",
    "hsface10k",
  ]);
  assert.deepEqual(files.map(({ name }) => name), [
    ...["fr-hsface10k", "fr-hsface20k", "fr-hsface100k", "fr-hsface200k", "fr-hsface300k"],
    ...["centers", "hsface10k"],
  ]);
  assert.deepEqual(external.map(({ name }) => name), ["hsface300k"]);
  assert.ok(external[0]!.links.every(({ url }) => url.startsWith("https://")));
});

Deno.test("selectHubEntries() names what is known", () => {
  assert.throws(() => selectHubEntries(["generator", "../x"]), {
    name: "RangeError",
    message: /Cannot find "\.\.\/x" in the catalogue: known names are generator, .*hsface300k, .*all-weights/,
  });
});
