/** Every task starts with the permissions that deno.json gives it: other tests run tasks with those of all. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeNpy } from "@/weights/mod.ts";
import configuration from "../../deno.json" with { type: "json" };
import { withDir } from "../datasets/_paths.ts";
import { imageFolder } from "./_datasets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs a task's command as `deno task` would, without a prompt for what is missing. */
async function run(command: string, argv: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const [deno, action, ...options] = command.split(" ");
  assert.deepEqual([deno, action], ["deno", "run"]);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...options, ...argv],
    cwd: ROOT,
    env: { NO_COLOR: "1", HF_HUB_OFFLINE: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Runs a test with a Hub in which every file has the same content, a cache, and variables that lead to both. */
async function withHub(test: (env: Record<string, string>, dir: string) => Promise<void>): Promise<void> {
  const content = new TextEncoder().encode("these are weights");
  const lfs = { oid: createHash("sha256").update(content).digest("hex"), size: content.length };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.url.includes("/revision/")) return Response.json({ sha: "c".repeat(40) });
    if (!request.url.includes("/paths-info/")) return new Response(content);
    const { paths } = await request.json() as { paths: string[] };
    return Response.json(paths.map((path) => ({ type: "file", path, size: content.length, oid: "1", lfs })));
  });
  await withDir(async (dir) => {
    await test({ HF_HOME: dir, HF_HUB_OFFLINE: "0", HF_ENDPOINT: `http://127.0.0.1:${server.addr.port}` }, dir);
  });
}

const scripts = Object.entries(configuration.tasks).filter(([, { command }]) => command.startsWith("deno run "));

for (const [name, { command }] of scripts) {
  Deno.test(`deno task ${name} starts with its own permissions`, async () => {
    const { code, out, err } = await run(command, ["--help"]);
    assert.equal(code, 0, err);
    assert.ok(out.includes(`deno task ${name}`), out);
  });
}

Deno.test("deno task fetch lists, fetches and finds with its own permissions", () =>
  withHub(async (env) => {
    const { command } = configuration.tasks.fetch;
    const list = await run(command, ["--list"], env);
    assert.equal(list.code, 0, list.err);
    assert.match(list.out, /^generator +~697 MB +MIT /m);
    const first = await run(command, ["generator", "hsface10k"], env);
    assert.equal(first.code, 0, first.err);
    const path = first.out.match(/\S+snapshots\S+vec2face_generator.pth/)?.[0];
    assert.equal(await Deno.readTextFile(path!), "these are weights");
    const again = await run(command, ["--list"], { ...env, HF_HUB_OFFLINE: "1" });
    assert.match(again.out, /^hsface10k +~1.85 GB +MIT +cache /m);
  }));

Deno.test("deno task fetch goes through the proxy that the environment names, but for hosts of NO_PROXY", () =>
  withHub(async ({ HF_ENDPOINT, ...env }) => {
    const { command } = configuration.tasks.fetch;
    const proxied = { ...env, HF_ENDPOINT: "http://hub.example", HTTP_PROXY: HF_ENDPOINT! }; // a host that is nowhere
    const through = await run(command, ["generator"], proxied);
    assert.equal(through.code, 0, through.err);
    const closed = { ...env, HF_ENDPOINT: HF_ENDPOINT!, HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" };
    const past = await run(command, ["arcface"], closed);
    assert.equal(past.code, 0, past.err);
  }));

for (
  const [call, weights, options] of [
    ["generate --model base", "weights/vec2face_generator.pth", ["--center-feature", "ids.npy", "--output", "out"]],
    ["features --model arcface-r100", "weights/arcface-r100-glint360k.pth", ["in", "--out", "out"]],
  ] as const
) {
  Deno.test({
    name: `deno task ${call} fetches what is not here, after saying so`,
    ignore: existsSync(`${ROOT}/${weights}`), // somebody has them: nothing is fetched
    fn: () =>
      withHub(async (env, dir) => {
        const ids = new Float32Array(512).fill(1), out = `${dir}/out.npy`;
        writeNpy(`${dir}/ids.npy`, { dtype: "float32", shape: [1, 512], data: ids });
        await imageFolder(`${dir}/in`, 1, 1);
        const [task, ...words] = call.split(" ") as ["generate" | "features", ...string[]];
        const paths = options.map((word) => word === "out" ? out : word.startsWith("-") ? word : `${dir}/${word}`);
        const { code, err } = await run(configuration.tasks[task].command, [...words, ...paths], env);
        assert.ok(
          err.includes(`${weights} is not here yet: fetching it from ${env.HF_ENDPOINT}/BooBooWu/Vec2Face`),
          err,
        );
        assert.match(err, /Cannot .*\.pth/); // it came, and is no checkpoint
        assert.equal(code, 2, err);
        await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
      }),
  });
}
