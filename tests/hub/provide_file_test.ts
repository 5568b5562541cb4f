import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { hubSettings, provideModelFile, type ProvideOptions } from "@/hub/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { oneContentHub } from "./_one_content.ts";

const CONTENT = new TextEncoder().encode("these are vectors");
const PATH = "center_feature_examples.npy";

/** Options of a cache below `dir`, and what was said. */
function outside(dir: string, fetch: typeof globalThis.fetch, variables: Record<string, string> = {}) {
  const said: string[] = [];
  const all: Record<string, string> = { HF_HOME: dir, HF_ENDPOINT: "https://hub.example", ...variables };
  const options: ProvideOptions = {
    settings: hubSettings((name) => all[name]),
    ...{ fetch, now: Date.now, sleep: () => Promise.resolve(), say: (text) => said.push(text) },
  };
  return { options, said };
}

Deno.test("provideModelFile() says what it fetches, fetches it once, and finds it then", () =>
  withDir(async (dir) => {
    const hub = oneContentHub(CONTENT), { options, said } = outside(dir, hub.fetch);
    const path = await provideModelFile("centers", options);
    assert.ok(path.startsWith(join(dir, "hub", "models--BooBooWu--Vec2Face")));
    assert.deepEqual(await Deno.readFile(path), CONTENT);
    assert.deepEqual(said, [
      `${PATH} is not here yet: fetching it from https://hub.example/BooBooWu/Vec2Face (about 20.5 MB, MIT) into ` +
      join(dir, "hub"),
    ]);
    assert.equal(await provideModelFile(PATH, options), path);
    assert.deepEqual([hub.asked, said.length], [[PATH], 1]);
  }));

Deno.test("provideModelFile() takes the folders in their order before the cache, and then asks nobody", () =>
  withDir(async (dir) => {
    const { options } = outside(dir, () => Promise.reject(new Error("asked")));
    const folders = [join(dir, "none"), join(dir, "project")],
      file = join(folders[1]!, "weights/vec2face_generator.pth");
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, CONTENT);
    assert.equal(await provideModelFile("generator", { ...options, folders }), file);
  }));

Deno.test("provideModelFile() gives the command offline, and knows the catalogue only", () =>
  withDir(async (dir) => {
    const { options, said } = outside(dir, () => Promise.reject(new Error("asked")), { HF_HUB_OFFLINE: "1" });
    await assert.rejects(provideModelFile("centers", options), {
      name: "NotFound",
      message: `Cannot find ${PATH}: it is not in ${join(dir, "hub")}; fetch it with: deno task fetch centers`,
    });
    await assert.rejects(provideModelFile("centres of mine", options), { name: "RangeError" });
    assert.deepEqual(said, []);
  }));
