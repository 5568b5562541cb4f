/** Answers that are none: statuses, waits, redirects; and where the token goes. */
import assert from "node:assert/strict";
import { fetchFiles } from "@/hub/mod.ts";
import { failure, FakeHub, FILES, first, isContent } from "./_fake_hub.ts";
import { FakeServer } from "./_fake_server.ts";

const { large, small } = FILES;
const TOKEN = "hf_secret";

Deno.test("fetchFiles() waits as long as the server asks for", async () => {
  const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000).toUTCString();
  const cases: [Record<string, string>, number, (seconds: number) => boolean][] = [
    [{ "retry-after": "7" }, 429, (seconds) => seconds === 7],
    [{ ratelimit: '"api";r=0;t=55' }, 429, (seconds) => seconds === 55],
    [{ "retry-after": date }, 503, (seconds) => seconds > 50 && seconds <= 62],
    [{}, 500, (seconds) => seconds === 1],
    [{}, 408, (seconds) => seconds === 1],
  ];
  for (const [headers, status, fits] of cases) {
    await using hub = await FakeHub.start();
    hub.mischief = first(1, () => true, () => ({ status, headers }));
    await fetchFiles([small], hub.options());
    assert.equal(hub.waits.length, 1);
    assert.ok(fits(hub.waits[0]!), `${status} ${JSON.stringify(headers)}: ${hub.waits[0]}`);
  }
});

Deno.test("fetchFiles() does not wait for hours", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = () => ({ status: 429, headers: { "retry-after": "3600" } });
  const error = await failure(large, hub.options());
  assert.equal(error.problem, "busy");
  assert.match(error.message, /answered 429: too many requests; try again in 3600 s/);
  assert.deepEqual(hub.waits, []);
});

Deno.test.each([
  [
    401,
    { "x-error-code": "RepoNotFound" },
    undefined,
    "denied",
    /repository is private or does not exist; set HF_TOKEN/,
  ],
  [401, {}, "hf_old", "denied", /answered 401: access denied; the access token in use may not read it: renew HF_TOKEN/],
  [403, { "x-error-code": "GatedRepo" }, "hf_new", "denied", /first accept its terms on the repository's page/],
  [404, { "x-error-code": "RevisionNotFound" }, undefined, "missing", /no such revision/],
  [
    404,
    { "x-error-message": "Entry not found" },
    undefined,
    "missing",
    /answered 404 \(Entry not found\): no such file/,
  ],
  [407, {}, undefined, "denied", /the proxy wants a user name/],
  [418, {}, undefined, "content", /expected 200/],
])("fetchFiles() says what to do after %s %o", async (status, headers, token, problem, message) => {
  await using hub = await FakeHub.start();
  hub.mischief = (request) => isContent(request) ? { status, headers: headers as Record<string, string> } : undefined;
  const error = await failure(large, hub.options({ token }));
  assert.deepEqual([error.problem, error.status], [problem, status]);
  assert.match(error.message, /^Cannot fetch weights\/large\.pth of owner\/models: 127\.0\.0\.1/);
  assert.match(error.message, message as RegExp);
  assert.deepEqual(hub.waits, []);
});

Deno.test("fetchFiles() sends the token to the endpoint and to no other host", async () => {
  await using hub = await FakeHub.start();
  await fetchFiles([large, small], hub.options({ token: TOKEN }));
  assert.ok(hub.asked.length >= 4);
  assert.ok(hub.asked.every(({ headers }) => headers.get("authorization") === `Bearer ${TOKEN}`));
  assert.equal(hub.served.length, 1);
  assert.ok(hub.served.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("fetchFiles() sends the token to no stranger on the way, and to the endpoint again after it", async () => {
  await using hub = await FakeHub.start();
  let rounds = 0;
  await using stranger = new FakeServer(({ path }) => ({ status: 307, headers: { location: hub.endpoint + path } }));
  hub.mischief = ({ path }) =>
    path.includes("/resolve/") && rounds++ === 0
      ? { status: 302, headers: { location: stranger.origin + path } }
      : undefined;
  await fetchFiles([small], hub.options({ token: TOKEN }));
  assert.equal(stranger.requests.length, 1);
  assert.equal(stranger.requests[0]!.headers.has("authorization"), false);
});

Deno.test("fetchFiles() follows relative redirects of queries with their bodies", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = ({ path }) =>
    path.startsWith("/api/models/owner/models/paths-info/") && !path.includes("?")
      ? { status: 307, headers: { location: `${path}?moved=1` } }
      : undefined;
  const [file] = await fetchFiles([small], hub.options());
  assert.equal(file!.state, "fetched");
});

Deno.test.each([
  ["round and round", { location: "?again" }, /more than 10 redirects/],
  ["to a file", { location: "file:///etc/passwd" }, /redirects to what is no web address/],
  ["to nonsense", { location: "http://" }, /redirects to what is no web address/],
])("fetchFiles() does not follow a redirect %s", async (_, headers, message) => {
  await using hub = await FakeHub.start();
  hub.mischief = (request) =>
    isContent(request) ? { status: 302, headers: headers as { location: string } } : undefined;
  await assert.rejects(fetchFiles([large], hub.options()), { problem: "content", message: message as RegExp });
});

Deno.test("fetchFiles() does not go from https to http", async () => {
  await using hub = await FakeHub.start();
  const asked: string[] = [];
  const secure: typeof fetch = (input, init) => {
    asked.push(String(input));
    return fetch(String(input).replace("https://hub.example", hub.endpoint), init);
  };
  await assert.rejects(
    fetchFiles([large], { ...hub.options({ endpoint: "https://hub.example", token: TOKEN }), fetch: secure }),
    { problem: "content", message: /hub\.example redirects from https to http \(127\.0\.0\.1:\d+\)/ },
  );
  assert.ok(asked.every((url) => url.startsWith("https://hub.example/")));
});

Deno.test("fetchFiles() never shows the token", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = () => ({ status: 403 });
  await assert.rejects(fetchFiles([large], hub.options({ token: TOKEN })), (error: Error) => {
    assert.equal(JSON.stringify([error.message, error.stack]).includes(TOKEN), false);
    return true;
  });
});
