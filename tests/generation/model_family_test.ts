import assert from "node:assert/strict";
import { join } from "node:path";
import { modelFamily, type ModelFamilyOptions, openIdentities } from "@/generation/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { oneContentHub } from "../hub/_one_content.ts";

/** An outside with a cache below `dir`, no files of the project, and no pauses. */
function outside(dir: string, fetch: typeof globalThis.fetch, variables: Record<string, string> = {}) {
  const all: Record<string, string> = { HF_HOME: dir, HF_ENDPOINT: "https://hub.example", ...variables };
  return { env: (name: string) => all[name], fetch, folders: [], sleep: () => Promise.resolve() };
}

/** Everything that belongs to a generator, in the order of the interface. */
function members(model: GeneratorModel, options: ModelFamilyOptions): (() => Promise<unknown>)[] {
  const family = modelFamily(model, options);
  return [family.generator, family.recogniser, family.quality, family.poseEstimator, family.identities];
}

const unasked = () => Promise.reject(new Error("asked"));

Deno.test("modelFamily() has all of mini in the project and asks nobody", async () => {
  const found = await Promise.all(members("mini", outside("none", unasked)).map((member) => member()));
  const file = /^.*[\\/]data[\\/]mini[\\/]/;
  assert.deepEqual(
    JSON.parse(JSON.stringify(found, (_, value) => `${value}`.match(file) ? value.replace(file, "") : value)),
    [
      { model: "mini", weights: "generator.safetensors" },
      { model: "mini", weights: "recogniser.safetensors" },
      { model: "mini-magface", weights: "magface.safetensors" },
      { model: "mini", weights: "pose.safetensors" },
      { source: "gaussian", path: "id_moments.safetensors" },
    ],
  );
});

Deno.test("modelFamily() says of each published file that is not here which command fetches it", () =>
  withDir(async (dir) => {
    const names = ["generator", "arcface", "magface", "6drepnet", "centers"];
    const all = members("base", outside(dir, unasked, { HF_HUB_OFFLINE: "1" }));
    for (const [i, member] of all.entries()) {
      const command = new RegExp(`; fetch it with: deno task fetch ${names[i]}$`);
      await assert.rejects(member, { name: "NotFound", message: command });
    }
  }));

Deno.test("modelFamily() names the command as well where the network fails", () =>
  withDir(async (dir) => {
    const said: string[] = [], broken = () => Promise.reject(new TypeError("no route"));
    const family = modelFamily("base", { ...outside(dir, broken), say: (text) => said.push(text) });
    await assert.rejects(family.generator, {
      name: "HubError",
      problem: "network",
      message:
        /vec2face_generator\.pth.* hub\.example failed.*; the command that fetches it is: deno task fetch generator$/,
    });
    assert.match(said[0]!, /vec2face_generator\.pth is not here yet: fetching it from https:\/\/hub\.example/);
    assert.match(said[1]!, /^Cannot fetch [^;]+; trying again in 1 s$/);
  }));

Deno.test("modelFamily() fetches the published vectors, which can be opened then", () =>
  withDir(async (dir) => {
    const path = join(dir, "centres.npy"), data = Float32Array.from({ length: 3 * 512 }, (_, i) => 1 + i % 7);
    writeNpy(path, { dtype: "float32", shape: [3, 512], data });
    const hub = oneContentHub(await Deno.readFile(path));
    const file = await modelFamily("base", outside(dir, hub.fetch)).identities();
    assert.equal(file.source, "vectors");
    using people = openIdentities(file, { seed: 1, count: 2, width: 512 });
    assert.deepEqual([people.count, people.vector(1)[0], hub.asked], [2, data[512], ["center_feature_examples.npy"]]);
  }));

Deno.test("modelFamily() takes published estimators for the sizes of which no weights are published", async () => {
  const family = modelFamily("large", outside("none", unasked, { HF_HUB_OFFLINE: "1" }));
  await assert.rejects(family.generator, { name: "RangeError", message: /no weights of it are published/ });
  await assert.rejects(family.recogniser, /deno task fetch arcface/);
  assert.throws(() => modelFamily("tiny" as "mini", outside("none", unasked)), {
    name: "RangeError",
    message: /known generators are mini, base/,
  });
});
