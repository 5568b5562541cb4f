/** Files in a folder of the user's. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fetchFiles } from "@/hub/mod.ts";
import { assertSameBytes, COMMIT, failure, FakeHub, FILES, sha256, tree } from "./_fake_hub.ts";

const { large } = FILES;

Deno.test("fetchFiles() puts files into a folder as hf_hub_download(local_dir=...) does", async () => {
  await using hub = await FakeHub.start();
  const localDir = join(hub.folder, "mine");
  const options = { ...hub.options(), now: () => 1_712_656_091_250, localDir };
  const [file] = await fetchFiles([large], options);
  assert.equal(file!.path, join(localDir, large.path));
  const { ".cache/huggingface/CACHEDIR.TAG": tag, ...rest } = await tree(localDir);
  assert.match(tag!, /^Signature: /);
  assert.deepEqual(rest, {
    ".cache/huggingface/.gitignore": "*",
    [`.cache/huggingface/download/${large.path}.lock`]: "",
    [`.cache/huggingface/download/${large.path}.metadata`]: `${COMMIT}\n${sha256(large.bytes)}\n1712656091.25\n`,
    [large.path]: "300000 bytes",
  });
  assert.equal((await fetchFiles([large], options))[0]!.state, "here");
  assert.equal(hub.served.length, 1);
});

Deno.test("fetchFiles() copies from the cache into a folder", async () => {
  await using hub = await FakeHub.start();
  await fetchFiles([large], hub.options());
  const localDir = join(hub.folder, "mine");
  const [file] = await fetchFiles([large], { ...hub.options(), localDir });
  await assertSameBytes(file!.path, large.bytes);
  assert.equal(hub.served.length, 1);
});

Deno.test("fetchFiles() leaves another file of the user's alone", async () => {
  await using hub = await FakeHub.start();
  const localDir = join(hub.folder, "mine");
  await Deno.mkdir(join(localDir, "weights"), { recursive: true });
  const path = join(localDir, large.path);
  for (
    const [content, found] of [["mine", "found 4 bytes"], [new Uint8Array(300_000), "found 300000 bytes with sha256"]]
  ) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content as Uint8Array;
    await Deno.writeFile(path, bytes);
    const error = await failure(large, { ...hub.options(), localDir });
    assert.equal(error.problem, "disk");
    assert.ok(error.message.includes(`another file is there: expected 300000 bytes`), error.message);
    assert.ok(error.message.includes(found as string), error.message);
    await assertSameBytes(path, bytes);
  }
  await Deno.writeFile(path, large.bytes);
  assert.equal((await fetchFiles([large], { ...hub.options(), localDir }))[0]!.state, "here");
});

Deno.test("fetchFiles() reads a file of its own in a folder again only if it has changed since", async () => {
  await using hub = await FakeHub.start();
  const options = { ...hub.options(), localDir: join(hub.folder, "mine") };
  const [file] = await fetchFiles([large], options);
  await Deno.writeFile(file!.path, new Uint8Array(300_000));
  await Deno.utime(file!.path, 1e9, 1e9);
  assert.equal((await fetchFiles([large], options))[0]!.state, "here");
  assert.match((await failure(large, { ...options, verify: true })).message, /another file is there/);
  await Deno.utime(file!.path, Date.now() / 1000 + 10, Date.now() / 1000 + 10);
  assert.match((await failure(large, options)).message, /another file is there/);
});
