import assert from "node:assert/strict";
import { join } from "node:path";
import { hubSettings } from "@/hub/mod.ts";

const HOME = join("/", "home", "someone");
const read = (variables: Record<string, string>) => hubSettings((name) => variables[name]);

Deno.test("hubSettings() has huggingface_hub's defaults", () => {
  assert.deepEqual(read({ HOME }), {
    endpoint: "https://huggingface.co",
    token: undefined,
    cacheDir: join(HOME, ".cache", "huggingface", "hub"),
    offline: false,
    symlinks: true,
    idleSeconds: 30,
  });
});

Deno.test.each([
  [{ HF_HUB_CACHE: "/a", HUGGINGFACE_HUB_CACHE: "/b", HF_HOME: "/c" }, "/a"],
  [{ HUGGINGFACE_HUB_CACHE: "/b", HF_HOME: "/c" }, "/b"],
  [{ HF_HOME: "/c", XDG_CACHE_HOME: "/d" }, "/c/hub"],
  [{ XDG_CACHE_HOME: "/d" }, "/d/huggingface/hub"],
  [{ HF_HOME: "" }, "/home/someone/.cache/huggingface/hub"],
  [{ HF_HOME: "~/hf" }, "/home/someone/hf/hub"],
  [{ HF_HUB_CACHE: "$BASE/x/${BASE}/$NONE", BASE: "b" }, "b/x/b/$NONE"],
])("hubSettings() finds the cache of %o", (variables, cacheDir) => {
  assert.equal(read({ HOME, ...variables as Record<string, string> }).cacheDir, join(cacheDir as string));
});

Deno.test("hubSettings() says which variable to set when no folder is known", () => {
  assert.throws(() => read({}), { name: "TypeError", message: /set HF_HOME to a folder/ });
  assert.equal(read({ HF_HUB_CACHE: "/a" }).cacheDir, "/a"); // nothing else needs one
});

Deno.test("hubSettings() takes the token from the variables, else from the file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const base = { HF_HOME: folder };
    assert.equal(read(base).token, undefined);
    await Deno.writeTextFile(join(folder, "token"), "hf_file\n");
    assert.equal(read(base).token, "hf_file");
    assert.equal(read({ ...base, HUGGING_FACE_HUB_TOKEN: "hf_old" }).token, "hf_old");
    assert.equal(read({ ...base, HUGGING_FACE_HUB_TOKEN: "hf_old", HF_TOKEN: " hf_new\r\n" }).token, "hf_new");
    assert.equal(read({ ...base, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }).token, undefined);
    await Deno.writeTextFile(join(folder, "other"), "hf_other");
    assert.equal(read({ ...base, HF_TOKEN_PATH: join(folder, "other") }).token, "hf_other");
    await Deno.writeTextFile(join(folder, "token"), "hf_a\nhf_b");
    assert.throws(() => read(base), (error: Error) => error instanceof TypeError && !error.message.includes("hf_a"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("hubSettings() reads the switches as huggingface_hub does", () => {
  for (const yes of ["1", "true", "YES", "On"]) {
    assert.equal(read({ HOME, HF_HUB_OFFLINE: yes }).offline, true, yes);
    assert.equal(read({ HOME, TRANSFORMERS_OFFLINE: yes }).offline, true, yes);
    assert.equal(read({ HOME, HF_HUB_DISABLE_SYMLINKS: yes }).symlinks, false, yes);
  }
  for (const no of ["0", "false", "", "2"]) assert.equal(read({ HOME, HF_HUB_OFFLINE: no }).offline, false, no);
  assert.equal(read({ HOME, HF_HUB_DOWNLOAD_TIMEOUT: "5" }).idleSeconds, 5);
  assert.throws(() => read({ HOME, HF_HUB_DOWNLOAD_TIMEOUT: "soon" }), /expected seconds from 1 to 86400, got "soon"/);
});

Deno.test("hubSettings() takes an endpoint and refuses what is none", () => {
  assert.equal(read({ HOME, HF_ENDPOINT: "https://mirror.example/hub//" }).endpoint, "https://mirror.example/hub");
  for (const wrong of ["mirror.example", "ftp://mirror.example", "https://mirror.example/?x=1", "file:///tmp"]) {
    assert.throws(() => read({ HOME, HF_ENDPOINT: wrong }), {
      name: "TypeError",
      message: /expected an address as https/,
    });
  }
  assert.throws(
    () => read({ HOME, HF_ENDPOINT: "https://me:secret@mirror.example" }),
    (error: Error) => /HF_TOKEN/.test(error.message) && !error.message.includes("secret"),
  );
});
