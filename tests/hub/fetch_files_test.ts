import assert from "node:assert/strict";
import { join } from "node:path";
import { fetchFiles } from "@/hub/mod.ts";
import {
  assertSameBytes,
  COMMIT,
  DATASETS,
  failure,
  FakeHub,
  FILES,
  gitSha1,
  isContent,
  MODELS,
  sha256,
  tree,
} from "./_fake_hub.ts";

const { large, second, small, data } = FILES;
const FOLDER = "models--owner--models";

Deno.test("fetchFiles() lays files out as Python's cache", async () => {
  await using hub = await FakeHub.start();
  const fetched = await fetchFiles([large, small, data, large], hub.options());
  assert.deepEqual(fetched.map(({ name, state, commit }) => [name, state, commit]), [
    [large.path, "fetched", COMMIT],
    [small.path, "fetched", COMMIT],
    [data.path, "fetched", COMMIT],
  ]);
  for (const [i, file] of [large, small, data].entries()) await assertSameBytes(fetched[i]!.path, file.bytes);
  const { "CACHEDIR.TAG": tag, ...rest } = await tree(hub.cacheDir);
  assert.match(tag!, /^Signature: 8a477f597d28d172789f06886806bc55\n/);
  assert.deepEqual(rest, {
    [`.locks/datasets--owner--models/${sha256(data.bytes)}.lock`]: "",
    [`.locks/${FOLDER}/${sha256(large.bytes)}.lock`]: "",
    [`.locks/${FOLDER}/${gitSha1(small.bytes)}.lock`]: "",
    [`datasets--owner--models/blobs/${sha256(data.bytes)}`]: "5000 bytes",
    "datasets--owner--models/refs/main": COMMIT,
    [`datasets--owner--models/snapshots/${COMMIT}/${data.path}`]: `-> ../../../blobs/${sha256(data.bytes)}`,
    [`${FOLDER}/blobs/${sha256(large.bytes)}`]: "300000 bytes",
    [`${FOLDER}/blobs/${gitSha1(small.bytes)}`]: "# Faces\n",
    [`${FOLDER}/refs/main`]: COMMIT,
    [`${FOLDER}/snapshots/${COMMIT}/README.md`]: `-> ../../blobs/${gitSha1(small.bytes)}`,
    [`${FOLDER}/snapshots/${COMMIT}/${large.path}`]: `-> ../../../blobs/${sha256(large.bytes)}`,
  });
});

Deno.test("fetchFiles() fetches nothing twice, and links a blob that is known under another commit", async () => {
  await using hub = await FakeHub.start();
  await fetchFiles([large], hub.options());
  assert.equal((await fetchFiles([large], hub.options()))[0]!.state, "here");
  hub.commit = "f".repeat(40);
  const [again] = await fetchFiles([large], hub.options());
  assert.equal(again!.state, "here");
  assert.ok(again!.path.includes(hub.commit));
  await assertSameBytes(again!.path, large.bytes);
  assert.equal(hub.served.length, 1);
  assert.equal(await Deno.readTextFile(join(hub.cacheDir, FOLDER, "refs", "main")), hub.commit);
});

Deno.test("fetchFiles() writes no ref for a commit", async () => {
  await using hub = await FakeHub.start();
  await fetchFiles([small], { ...hub.options(), revision: COMMIT });
  assert.equal(`${FOLDER}/refs/main` in await tree(hub.cacheDir), false);
});

Deno.test("fetchFiles() names files that the repository does not have", async () => {
  await using hub = await FakeHub.start();
  await assert.rejects(fetchFiles([{ repo: DATASETS, path: "nothing.npy" }], hub.options()), {
    name: "HubError",
    problem: "missing",
    message:
      /nothing\.npy of data set owner\/models: revision main \(0123456\) does not have it; look at http.*\/tree\/main/,
  });
});

Deno.test("fetchFiles() fetches the other files when one fails", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = ({ path }) => path.startsWith(`/blobs/${sha256(large.bytes)}`) ? { status: 404 } : undefined;
  await assert.rejects(fetchFiles([large, second, small], hub.options()), { name: "HubError", problem: "missing" });
  await assertSameBytes(hub.blob(second), second.bytes);
  await assertSameBytes(hub.blob(small), small.bytes);
  hub.mischief = (request) => isContent(request) ? { status: 404 } : undefined;
  await assert.rejects(fetchFiles([large, data, small], { ...hub.options(), jobs: 1 }), (error: Error) => {
    assert.ok(error instanceof AggregateError);
    assert.equal(error.errors.length, 2);
    assert.match(error.message, /^Cannot fetch 2 of 3 files:\n- Cannot fetch weights\/large.*\n- Cannot fetch HSFaces/);
    return true;
  });
});

Deno.test("fetchFiles() fetches no more at once than it may", async () => {
  await using hub = await FakeHub.start();
  let open = 0, most = 0;
  const counting: typeof fetch = async (input, init) => {
    const content = String(input).includes("/resolve/");
    if (content) most = Math.max(most, ++open);
    try {
      return await fetch(input, init);
    } finally {
      if (content) open--;
    }
  };
  await fetchFiles([large, second, small, data], { ...hub.options(), fetch: counting, jobs: 1 });
  assert.equal(most, 1);
  await assert.rejects(fetchFiles([large], { ...hub.options(), jobs: 0 }), RangeError);
});

Deno.test("fetchFiles() asks for room on the disk first", async () => {
  await using hub = await FakeHub.start();
  const options = { ...hub.options(), freeBytes: () => 400_000 };
  await assert.rejects(fetchFiles([large, second], options), {
    problem: "disk",
    message: /420 kB are needed, 400 kB are free; make room/,
  });
  assert.equal(hub.served.length, 0);
  await fetchFiles([large], options);
  await fetchFiles([large], { ...options, freeBytes: () => 0 }); // nothing is needed
});

Deno.test("fetchFiles() uses what is here in offline mode, and asks nobody", async () => {
  await using hub = await FakeHub.start();
  const offline = { ...hub.options({ offline: true }), fetch: () => Promise.reject(new Error("asked")) };
  const error = await failure(large, offline);
  assert.equal(error.problem, "offline");
  assert.match(error.message, /HF_HUB_OFFLINE is set and no copy is in .*hub; unset it/);
  const [online] = await fetchFiles([large], hub.options());
  const [file] = await fetchFiles([large], offline);
  assert.deepEqual([file!.path, file!.state, file!.commit], [online!.path, "here", undefined]);
});

Deno.test("fetchFiles() finds and repairs damage when it is asked to", async () => {
  await using hub = await FakeHub.start();
  const [file] = await fetchFiles([large], hub.options());
  const verify = { ...hub.options(), verify: true };
  assert.equal((await fetchFiles([large], verify))[0]!.state, "here");
  await Deno.writeFile(hub.blob(large), new Uint8Array(300_000));
  assert.equal((await fetchFiles([large], hub.options()))[0]!.state, "here");
  assert.equal((await fetchFiles([large], verify))[0]!.state, "repaired");
  await assertSameBytes(file!.path, large.bytes);
});

Deno.test("fetchFiles() replaces a blob of the wrong length and a link to nowhere", async () => {
  await using hub = await FakeHub.start();
  const [file] = await fetchFiles([large], hub.options());
  await Deno.writeFile(hub.blob(large), large.bytes.subarray(0, 5));
  assert.equal((await fetchFiles([large], hub.options()))[0]!.state, "repaired");
  await Deno.remove(hub.blob(large));
  assert.equal((await fetchFiles([large], hub.options()))[0]!.state, "fetched");
  await assertSameBytes(file!.path, large.bytes);
});

Deno.test("fetchFiles() puts the file itself into the snapshot where there are no links", async () => {
  await using hub = await FakeHub.start();
  const [file] = await fetchFiles([large], hub.options({ symlinks: false }));
  assert.equal((await Deno.lstat(file!.path)).isFile, true);
  await assertSameBytes(file!.path, large.bytes);
  assert.equal((await fetchFiles([large], hub.options({ symlinks: false })))[0]!.state, "here");
  assert.equal(hub.served.length, 1);
});

Deno.test("fetchFiles() waits for another process that fetches the same file", async () => {
  await using hub = await FakeHub.start();
  const lock = join(hub.cacheDir, ".locks", FOLDER, `${sha256(large.bytes)}.lock`);
  await Deno.mkdir(join(lock, ".."), { recursive: true });
  const holder = await Deno.open(lock, { write: true, create: true });
  assert.equal(await holder.tryLock(true), true);
  const phases = new Set<string>();
  let looks = 0;
  const [file] = await fetchFiles([large], {
    ...hub.options(),
    onProgress: ({ phase }) => phases.add(phase),
    sleep: async () => {
      if (++looks < 3) return;
      await Deno.writeFile(hub.blob(large), large.bytes); // the other one is done
      holder.close();
    },
  });
  assert.equal(file!.state, "here");
  assert.equal(phases.has("waiting"), true);
  assert.equal(hub.served.length, 0);
});

Deno.test("fetchFiles() gives two downloads of one file to one of them", async () => {
  await using hub = await FakeHub.start();
  const options = { ...hub.options(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 20)) };
  const both = await Promise.all([fetchFiles([large], options), fetchFiles([large], options)]);
  assert.deepEqual(both.map(([file]) => file!.state).sort(), ["fetched", "here"]);
  assert.equal(hub.served.length, 1);
});

Deno.test("fetchFiles() refuses names that lead out of the cache", async () => {
  await using hub = await FakeHub.start();
  for (const path of ["../x", "a/../../x", "/etc/passwd", "a\\..\\x", "C:/x", "", "a//b", "a\nb"]) {
    await assert.rejects(fetchFiles([{ repo: MODELS, path }], hub.options()), RangeError, path);
  }
  for (const name of ["x", "../x", "a/..", "a/b/c", "a--b/c", "a/b c"]) {
    await assert.rejects(fetchFiles([{ repo: { type: "model", name }, path: "x" }], hub.options()), RangeError, name);
  }
  for (const revision of ["../main", "", "a..b", "refs/../../x", "a b"]) {
    await assert.rejects(fetchFiles([small], { ...hub.options(), revision }), RangeError, revision);
  }
  assert.equal(hub.asked.length, 0);
});
