/** Connections that break, lie or fall silent. */
import assert from "node:assert/strict";
import { fetchFiles, type HubProgress } from "@/hub/mod.ts";
import {
  assertSameBytes,
  failure,
  FakeHub,
  FILES,
  first,
  gitSha1,
  isContent,
  leaveBeginning,
  sha256,
  tree,
} from "./_fake_hub.ts";

const { large, small } = FILES;
const FOLDER = "models--owner--models";

Deno.test("fetchFiles() continues a beginning with a range", async () => {
  await using hub = await FakeHub.start();
  await leaveBeginning(hub, large, large.bytes.subarray(0, 100_000));
  const news: HubProgress[] = [];
  const [file] = await fetchFiles([large], { ...hub.options(), onProgress: (progress) => news.push(progress) });
  await assertSameBytes(file!.path, large.bytes);
  assert.deepEqual(hub.served.map(({ headers }) => headers.get("range")), ["bytes=100000-"]);
  assert.deepEqual([...new Set(news.map(({ phase }) => phase))], ["checking", "receiving", "done"]);
  assert.ok(news.every(({ done, bytes }) => done >= 100_000 && bytes === 300_000));
  assert.equal(news.at(-1)!.done, 300_000);
});

Deno.test("fetchFiles() asks nothing for a beginning that is the whole file", async () => {
  await using hub = await FakeHub.start();
  await leaveBeginning(hub, large, large.bytes);
  const [file] = await fetchFiles([large], hub.options());
  await assertSameBytes(file!.path, large.bytes);
  assert.equal(hub.served.length, 0);
});

Deno.test("fetchFiles() starts anew when a beginning turns out to be wrong or too long", async () => {
  for (const beginning of [new Uint8Array(1000), new Uint8Array(300_000), new Uint8Array(400_000)]) {
    await using hub = await FakeHub.start();
    await leaveBeginning(hub, large, beginning);
    const [file] = await fetchFiles([large], hub.options());
    await assertSameBytes(file!.path, large.bytes);
    assert.equal(hub.served.at(-1)!.headers.get("range"), null);
  }
});

Deno.test("fetchFiles() goes on after cut connections without losing a byte", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = first(3, isContent, (_, usual) => ({ ...usual(), cutAfter: 80_000 }));
  const [file] = await fetchFiles([large], hub.options());
  await assertSameBytes(file!.path, large.bytes);
  const ranges = hub.served.map(({ headers }) => headers.get("range"));
  assert.deepEqual(ranges, [null, "bytes=80000-", "bytes=160000-", "bytes=240000-"]);
  assert.deepEqual(hub.waits, [1, 1, 1]); // each brought enough to count as progress
  assert.equal(hub.retries.length, 3);
});

Deno.test("fetchFiles() gives up after five tries in a row that bring nothing, and keeps what came before", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = (request, usual) =>
    isContent(request) ? { ...usual(), cutAfter: request.headers.has("range") ? 0 : 70_000 } : undefined;
  const error = await failure(large, hub.options());
  assert.equal(error.problem, "network");
  assert.match(error.message, /weights\/large\.pth of owner\/models: .*what has come is kept \(tried 6 times\)/);
  assert.deepEqual(hub.waits, [1, 2, 4, 8, 16]);
  assert.equal((await Deno.stat(hub.blob(large, ".incomplete"))).size, 70_000);
  await assert.rejects(Deno.stat(hub.blob(large)), Deno.errors.NotFound);
  hub.mischief = () => undefined;
  await assertSameBytes((await fetchFiles([large], hub.options()))[0]!.path, large.bytes);
  assert.equal(hub.served.at(-1)!.headers.get("range"), "bytes=70000-");
});

Deno.test("fetchFiles() continues with a server that ignores ranges", async () => {
  await using hub = await FakeHub.start();
  let cut = true;
  hub.mischief = (request) => {
    if (!isContent(request)) return undefined;
    const answer = { body: large.bytes, ...(cut ? { cutAfter: 50_000 } : {}) };
    cut = false;
    return answer;
  };
  const [file] = await fetchFiles([large], hub.options());
  await assertSameBytes(file!.path, large.bytes);
  assert.deepEqual(hub.served.map(({ headers }) => headers.get("range")), [null, "bytes=50000-"]);
});

Deno.test("fetchFiles() starts anew when the server has less than what is here", async () => {
  await using hub = await FakeHub.start();
  await leaveBeginning(hub, large, large.bytes.subarray(0, 1000));
  hub.mischief = first(1, isContent, () => ({ status: 416 }));
  await assertSameBytes((await fetchFiles([large], hub.options()))[0]!.path, large.bytes);
});

Deno.test("fetchFiles() keeps a beginning when another length is announced", async () => {
  await using hub = await FakeHub.start();
  await leaveBeginning(hub, large, large.bytes.subarray(0, 1000));
  hub.mischief = first(9, isContent, () => ({ headers: { "content-type": "text/html" }, body: "<h1>Log in</h1>" }));
  const error = await failure(large, hub.options());
  assert.equal(error.problem, "content");
  assert.match(error.message, /expected 300000 bytes in all, the server announces 0 \+ 15 bytes of text\/html/);
  assert.equal((await Deno.stat(hub.blob(large, ".incomplete"))).size, 1000);
  assert.deepEqual(hub.waits, []);
});

Deno.test("fetchFiles() refuses a part that is not the one it asked for", async () => {
  for (const range of ["bytes 7-299999/300000", "bytes 1000-299999/300001", "nonsense"]) {
    await using hub = await FakeHub.start();
    await leaveBeginning(hub, large, large.bytes.subarray(0, 1000));
    hub.mischief = (request, usual) =>
      isContent(request) ? { ...usual(), headers: { "content-range": range } } : undefined;
    const error = await failure(large, hub.options());
    assert.equal(error.problem, "content");
    assert.match(error.message, /announces the part ".*" where "bytes 1000-" was asked for/);
  }
});

Deno.test("fetchFiles() takes no more than was announced", async () => {
  await using hub = await FakeHub.start();
  const more = new Uint8Array(300_001);
  more.set(large.bytes);
  hub.mischief = (request) => isContent(request) ? { headers: { "content-length": "" }, body: more } : undefined;
  const error = await failure(large, hub.options());
  assert.equal(error.problem, "content");
  assert.match(error.message, /more has come than the announced 300000 bytes/);
  assert.deepEqual(Object.keys(await tree(hub.cacheDir)), [`.locks/${FOLDER}/${sha256(large.bytes)}.lock`]);
});

Deno.test("fetchFiles() takes a file without an announced length", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = (request, usual) => isContent(request) ? { ...usual(), headers: { "content-length": "" } } : undefined;
  await assertSameBytes((await fetchFiles([large], hub.options()))[0]!.path, large.bytes);
});

Deno.test("fetchFiles() gives no file a name whose hash is wrong", async () => {
  await using hub = await FakeHub.start();
  const wrong = large.bytes.slice();
  wrong[123_456]! ^= 1;
  hub.mischief = (request) => isContent(request) ? { body: wrong } : undefined;
  const error = await failure(large, hub.options());
  assert.equal(error.problem, "content");
  assert.ok(error.message.includes(`expected sha256 ${sha256(large.bytes)}, found ${sha256(wrong)}`), error.message);
  assert.equal(hub.served.length, 1);
  assert.deepEqual(Object.keys(await tree(hub.cacheDir)), [`.locks/${FOLDER}/${sha256(large.bytes)}.lock`]);
});

Deno.test("fetchFiles() checks small files by git's hash", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = ({ path }, usual) => path.includes("/resolve/") ? { ...usual(), body: "# Fades\n" } : undefined;
  const error = await failure(small, hub.options());
  assert.ok(error.message.includes(`expected git-sha1 ${gitSha1(small.bytes)}`), error.message);
});

Deno.test("fetchFiles() gives a silent connection up", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = first(1, isContent, (_, usual) => ({ ...usual(), stallAfter: 70_000 }));
  const [file] = await fetchFiles([large], hub.options({ idleSeconds: 1 }));
  await assertSameBytes(file!.path, large.bytes);
  assert.match(hub.retries[0]!, /nothing has come for 1 s/);
  assert.equal(hub.served.at(-1)!.headers.get("range"), "bytes=70000-");
});

Deno.test("fetchFiles() stops when it is told to, and keeps what has come", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = first(1, isContent, (_, usual) => ({ ...usual(), stallAfter: 70_000 }));
  const stop = new AbortController();
  const reason = new DOMException("Stopped by a test", "AbortError");
  await assert.rejects(
    fetchFiles([large], {
      ...hub.options(),
      signal: stop.signal,
      onProgress: ({ fileDone }) => {
        if (fileDone === 70_000) stop.abort(reason);
      },
    }),
    (error) => error === reason,
  );
  assert.equal((await Deno.stat(hub.blob(large, ".incomplete"))).size, 70_000);
});
