/**
 * One cache for this project and Python. Live where a Python with huggingface_hub is at hand (VEC2FACE_PYTHON, or
 * python3); everywhere against what it left on disk when it was.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchFiles, findCached } from "@/hub/mod.ts";
import { FakeHub, FILES, isContent, tree } from "./_fake_hub.ts";
import recorded from "../fixtures/hub/python_cache.json" with { type: "json" };

const { large, small, data } = FILES;
const tool = fileURLToPath(new URL("../fixtures/hub/hub_tool.py", import.meta.url));
const CACHED: Readonly<Record<string, string>> = recorded;

const python = [Deno.env.get("VEC2FACE_PYTHON"), "python3"].find((command) => {
  if (!command) return false;
  try {
    const args = ["-c", "import huggingface_hub"];
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
});
const partner = python ? "huggingface_hub" : "the record of huggingface_hub's cache";

/** Runs hub_tool.py against a Hub; its cache is the Hub's. */
async function runTool(hub: FakeHub, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python!, {
    args: [tool, ...args],
    env: { HF_ENDPOINT: hub.endpoint, HF_HOME: hub.folder, HF_HUB_DISABLE_TELEMETRY: "1", HF_HUB_OFFLINE: "" },
  }).output();
  if (!success) throw new Error(`hub_tool.py failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** Fills the cache as Python does: by Python, or from the record. */
async function fillByPython(hub: FakeHub): Promise<void> {
  if (python) {
    for (const { repo, path } of [large, small, data]) await runTool(hub, "download", repo.type, repo.name, path);
    return;
  }
  for (const [path, content] of Object.entries(CACHED)) {
    const full = join(hub.cacheDir, path);
    await Deno.mkdir(dirname(full), { recursive: true });
    const file = [large, small, data].find((file) => hub.blob(file) === full);
    if (file !== undefined) await Deno.writeFile(full, file.bytes);
    else if (content.startsWith("-> ")) await Deno.symlink(content.slice(3), full);
    else await Deno.writeTextFile(full, content);
  }
}

Deno.test(`fetchFiles() finds what ${partner} has fetched`, async () => {
  await using hub = await FakeHub.start();
  await fillByPython(hub);
  const before = hub.served.length;
  const found = [large, small, data].map((file) => findCached(hub.cacheDir, file));
  const fetched = await fetchFiles([large, small, data], hub.options());
  assert.deepEqual(fetched.map(({ path }) => path), found.map((file) => file?.path));
  assert.ok(fetched.every(({ state }) => state === "here"));
  assert.equal(hub.served.length, before);
});

Deno.test(`fetchFiles() leaves the cache as ${partner} does`, async () => {
  await using ours = await FakeHub.start();
  await using theirs = await FakeHub.start();
  await fetchFiles([large, small, data], ours.options());
  await fillByPython(theirs);
  const [{ "CACHEDIR.TAG": _, ...left }, { "CACHEDIR.TAG": __, ...right }] = [
    await tree(ours.cacheDir),
    await tree(theirs.cacheDir),
  ];
  assert.deepEqual(left, right);
  assert.deepEqual(left, CACHED);
});

Deno.test("hf_hub_download() finds what fetchFiles() has fetched, where there is a Python to ask", async () => {
  await using hub = await FakeHub.start();
  const fetched = await fetchFiles([large, small, data], hub.options());
  const localDir = join(hub.folder, "mine");
  const [local] = await fetchFiles([large], { ...hub.options(), localDir });
  assert.equal(fetched.length, 3);
  if (!python) return;
  const before = hub.asked.filter(({ method, path }) => method === "GET" && path.includes("/resolve/")).length;
  for (const [i, { repo, path }] of [large, small, data].entries()) {
    assert.equal(await runTool(hub, "find", repo.type, repo.name, path), fetched[i]!.path);
    assert.equal(await runTool(hub, "download", repo.type, repo.name, path), fetched[i]!.path);
  }
  const { repo, path } = large;
  assert.equal(await runTool(hub, "download", repo.type, repo.name, path, localDir), local!.path);
  const after = hub.asked.filter(({ method, path }) => method === "GET" && path.includes("/resolve/")).length;
  assert.equal(after, before);
  assert.equal(hub.served.filter(isContent).length, 2); // large and data, by fetchFiles()
});
