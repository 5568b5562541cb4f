import assert from "node:assert/strict";
import { describeFiles } from "@/hub/mod.ts";
import { COMMIT, DATASETS, FakeHub, FILES, gitSha1, json, MODELS, sha256 } from "./_fake_hub.ts";

const { large, small, data } = FILES;

Deno.test("describeFiles() gives commit, length, hash and address in the order asked for", async () => {
  await using hub = await FakeHub.start();
  assert.deepEqual(await describeFiles(MODELS, [small.path, large.path], "main", hub.options()), [
    {
      ...{ repo: MODELS, path: small.path, commit: COMMIT, size: 8 },
      hash: { kind: "git-sha1", hex: gitSha1(small.bytes) },
      url: `${hub.endpoint}/owner/models/resolve/${COMMIT}/README.md`,
    },
    {
      ...{ repo: MODELS, path: large.path, commit: COMMIT, size: 300_000 },
      hash: { kind: "sha256", hex: sha256(large.bytes) },
      url: `${hub.endpoint}/owner/models/resolve/${COMMIT}/weights/large.pth`,
    },
  ]);
  const [file] = await describeFiles(DATASETS, [data.path], "main", hub.options());
  assert.equal(file!.url, `${hub.endpoint}/datasets/owner/models/resolve/${COMMIT}/HSFaces/some%20data%2B1.npy`);
});

Deno.test("describeFiles() tries again while the server is busy", async () => {
  await using hub = await FakeHub.start();
  let bad = 2;
  hub.mischief = () => bad-- > 0 ? { status: 502 } : undefined;
  await describeFiles(MODELS, [small.path], "main", hub.options());
  assert.deepEqual(hub.waits, [1, 2]);
});

const listed = { type: "file", path: small.path, size: 8, oid: "1".repeat(40) };

Deno.test.each([
  ["a page", { body: "<html>", headers: { "content-type": "text/html" } }, /not what the Hub sends/],
  ["no commit", json({ sha: "main" }), /has "main" where a commit belongs/],
  ["a commit that is a path", json({ sha: "../../../../../../../../../../../../../x" }), /where a commit belongs/],
])("describeFiles() refuses %s for a revision", async (_, answer, message) => {
  await using hub = await FakeHub.start();
  hub.mischief = ({ path }) => path.includes("/revision/") ? answer as { body: string } : undefined;
  await assert.rejects(describeFiles(MODELS, [small.path], "main", hub.options()), {
    name: "HubError",
    problem: "content",
    message: message as RegExp,
  });
});

Deno.test.each([
  ["a record", { error: "no" }, /not what the Hub sends/],
  ["a folder", [{ ...listed, type: "directory" }], /has "directory" where a file belongs/],
  ["no length", [{ ...listed, size: "8" }], /has "8" where a length belongs/],
  ["a negative length", [{ ...listed, size: -1 }], /has -1 where a length belongs/],
  ["a hash that is a path", [{ ...listed, oid: "../../x" }], /has "\.\.\/\.\.\/x" where a git id belongs/],
  ["a short sha256", [{ ...listed, lfs: { oid: "abc", size: 8 } }], /has "abc" where a sha256 belongs/],
])("describeFiles() refuses %s for a file", async (_, value, message) => {
  await using hub = await FakeHub.start();
  hub.mischief = ({ path }) => path.includes("/paths-info/") ? json(value) : undefined;
  await assert.rejects(describeFiles(MODELS, [small.path], "main", hub.options()), {
    name: "HubError",
    problem: "content",
    message: message as RegExp,
  });
});

Deno.test("describeFiles() does not read answers without end", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = () => ({ body: new Uint8Array(16_000_001).fill(32) });
  await assert.rejects(describeFiles(MODELS, [small.path], "main", hub.options()), {
    problem: "content",
    message: /has no end/,
  });
});

Deno.test("describeFiles() says that nobody is there", async () => {
  const hub = await FakeHub.start();
  const options = hub.options();
  await hub[Symbol.asyncDispose]();
  await assert.rejects(describeFiles(MODELS, [small.path], "main", { ...options, retries: 1 }), {
    problem: "network",
    message: /connection to 127\.0\.0\.1:\d+ failed or broke; check the network .*HTTPS_PROXY.* \(tried 2 times\)/,
  });
});

Deno.test("describeFiles() tells a certificate that is not trusted from a network that is down", async () => {
  await using hub = await FakeHub.start();
  const fetch = () => Promise.reject(new TypeError("client error (Connect): invalid peer certificate: UnknownIssuer"));
  await assert.rejects(describeFiles(MODELS, [small.path], "main", { ...hub.options(), fetch }), {
    problem: "denied",
    message: /DENO_TLS_CA_STORE=system/,
  });
  assert.deepEqual(hub.waits, []);
});
