import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { hubEntry } from "@/hub/mod.ts";
import { runTask } from "../../tasks/_cli.ts";
import { ensureModelFile, modelWeights } from "../../tasks/_hub.ts";
import { type HubOutside, sleep } from "../../tasks/_hub_options.ts";
import { TransferDisplay, transferText } from "../../tasks/_transfer.ts";
import { fetchMain, SPEC } from "../../tasks/fetch.ts";

const COMMIT = "c".repeat(40);
const CONTENT = new TextEncoder().encode("these are weights");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

/** A folder, and a Hub in which every file has the same content; `answer` may change what it says. */
class World implements AsyncDisposable {
  readonly folder: string;
  readonly asked: string[] = [];
  answer: (url: string) => Response | undefined = () => undefined;
  variables: Record<string, string> = {};
  private constructor(folder: string) {
    this.folder = folder;
  }
  static async make(): Promise<World> {
    return new World(await Deno.makeTempDir());
  }
  get outside(): HubOutside {
    return {
      env: (name) => ({ HF_HOME: this.folder, HF_ENDPOINT: "https://hub.example", ...this.variables })[name],
      fetch: (input, init) => {
        const url = String(input);
        this.asked.push(url);
        const usual = () => {
          if (url.includes("/revision/")) return Response.json({ sha: COMMIT });
          if (!url.includes("/paths-info/")) return new Response(CONTENT);
          const { paths } = JSON.parse(init?.body as string) as { paths: string[] };
          const lfs = { oid: SHA256, size: CONTENT.length };
          return Response.json(paths.map((path) => ({ type: "file", path, size: CONTENT.length, oid: "1", lfs })));
        };
        return Promise.resolve(this.answer(url) ?? usual());
      },
      sleep: () => Promise.resolve(),
      folders: [join(this.folder, "project")],
    };
  }
  /** Calls the task here; stdout and stderr of the task itself are those of the process, so they are caught. */
  async call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    const outcome = { code: -1, out: "", err: "" };
    const caught = (stream: "out" | "err") => (bytes: Uint8Array) => {
      outcome[stream] += new TextDecoder().decode(bytes);
      return bytes.length;
    };
    const [out, err] = [Deno.stdout.writeSync, Deno.stderr.writeSync];
    [Deno.stdout.writeSync, Deno.stderr.writeSync] = [caught("out"), caught("err")];
    try {
      await runTask(SPEC, fetchMain(this.outside), {
        argv,
        out: (text) => outcome.out += text,
        err: (text) => outcome.err += text,
        exit: (code) => outcome.code = code,
      });
    } finally {
      [Deno.stdout.writeSync, Deno.stderr.writeSync] = [out, err];
    }
    return outcome;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("fetch generator puts the file into the cache and says where it is", async () => {
  await using world = await World.make();
  const { code, out, err } = await world.call("generator");
  assert.equal(code, 0, err);
  const path = join(
    world.folder,
    "hub/models--BooBooWu--Vec2Face/snapshots",
    COMMIT,
    "weights/vec2face_generator.pth",
  );
  assert.equal(out, `weights/vec2face_generator.pth: ${path} (17 bytes, hash right)\n`);
  assert.match(err, /^Fetching 17 bytes in 1 file from https:\/\/hub\.example into /);
  assert.deepEqual(await Deno.readFile(path), CONTENT);
  const again = await world.call("base");
  assert.equal(again.out, out.replace("hash right", "was here"));
  assert.equal(again.err, "");
});

Deno.test("fetch all-weights centers --local-dir lays files out as the README does", async () => {
  await using world = await World.make();
  const { code, out } = await world.call("all-weights", "centers", "--local-dir", join(world.folder, "project"));
  assert.equal(code, 0);
  assert.equal(out.trim().split("\n").length, 5);
  for (const name of ["generator", "arcface", "magface", "6drepnet", "centers"]) {
    assert.deepEqual(await Deno.readFile(join(world.folder, "project", hubEntry(name)!.path)), CONTENT);
  }
});

Deno.test("fetch --list shows size, licence, use and place of every file, and asks nobody", async () => {
  await using world = await World.make();
  for (const argv of [["--list"], []]) {
    const { code, out } = await world.call(...argv);
    assert.equal(code, 0);
    assert.match(out, /^name +size +licence +here +what for$/m);
    assert.match(out, /^generator +~697 MB +MIT +- +the Vec2Face generator/m);
    assert.match(out, /^webface4m-lmdb +~42\.3 GB +WebFace260M's own terms +- /m);
    assert.match(out, /^hsface300k +\? +MIT +- .*\(elsewhere\)$/m);
    assert.match(out, /^ +all-weights: .* \(~1\.38 GB\): generator arcface magface 6drepnet$/m);
  }
  assert.deepEqual(world.asked, []);
  await world.call("generator");
  await world.call("arcface", "--local-dir", join(world.folder, "project"));
  const { out } = await world.call("--list");
  assert.match(out, /^generator .* cache +the/m);
  assert.match(out, /^arcface .* folder +recogniser/m);
  assert.match(out, /^magface .* - +recogniser/m);
});

Deno.test("fetch hsface300k prints where it is and what to do", async () => {
  await using world = await World.make();
  const { code, out } = await world.call("hsface300k");
  assert.equal(code, 0);
  assert.match(out, /Google Drive: https:\/\/drive\.google\.com\//);
  assert.match(out, /Baidu: https:\/\/pan\.baidu\.com\/.*\(code vc2f/);
  assert.match(out, /deno task fetch hsface-masks/);
  assert.deepEqual(world.asked, []);
});

Deno.test("fetch --dry-run says what would come and writes nothing", async () => {
  await using world = await World.make();
  const { code, out } = await world.call("generator", "--dry-run");
  assert.equal(code, 0);
  assert.match(out, /^weights\/vec2face_generator\.pth: 17 bytes, 17 bytes to fetch: /);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(world.folder)), []);
});

Deno.test.each([
  [["generatr"], 2, /Cannot find "generatr" in the catalogue: known names are generator, /],
  [["generator", "--jobs", "0"], 2, /--jobs: expected a whole number from 1 to 32/],
  [["generator", "--revision", "../x"], 2, /as a revision/],
])("fetch %o is refused", async (argv, code, message) => {
  await using world = await World.make();
  const outcome = await world.call(...argv);
  assert.equal(outcome.code, code);
  assert.match(outcome.err, message as RegExp);
  assert.deepEqual(world.asked, []);
});

Deno.test("fetch says what binds besides the MIT licence", async () => {
  await using world = await World.make();
  assert.match((await world.call("webface4m-mask")).err, /_ims\.npy: WebFace260M's own terms: research only\n/);
});

Deno.test("fetch tells new tries and ends with exit code 1 when nothing helps", async () => {
  await using world = await World.make();
  let bad = 1;
  world.answer = (url) => url.includes("/resolve/") && bad-- > 0 ? new Response(null, { status: 503 }) : undefined;
  const once = await world.call("generator");
  assert.equal(once.code, 0);
  assert.match(once.err, /answered 503: the server is overloaded or down; trying again in 1 s\n/);
  world.answer = () => new Response(null, { status: 404 });
  const never = await world.call("arcface");
  assert.equal(never.code, 1);
  assert.match(never.err, /Cannot fetch weights\/arcface.* of BooBooWu\/Vec2Face: hub\.example answered 404/);
  world.answer = () => new Response(null, { status: 500 });
  const down = await world.call("generator");
  assert.equal(down.code, 1);
  assert.match(down.err, /generator\.pth is here as of an earlier fetch: .*generator\.pth\n/);
  world.variables = { HF_HUB_OFFLINE: "1" };
  assert.match((await world.call("arcface")).err, /HF_HUB_OFFLINE is set/);
  assert.equal((await world.call("generator")).code, 0);
  world.variables = { HF_ENDPOINT: "nonsense" };
  assert.equal((await world.call("generator")).code, 2);
});

Deno.test("ensureModelFile() and modelWeights() take what is here, else fetch it, else say how", async () => {
  await using world = await World.make();
  const name = "weights/vec2face_generator.pth";
  world.variables = { HF_HUB_OFFLINE: "1" };
  await assert.rejects(ensureModelFile(name, undefined, world.outside), {
    name: "NotFound",
    message: /deno task fetch generator/,
  });
  world.variables = { NO_COLOR: "1" };
  const said: string[] = [];
  const { writeSync } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => {
    said.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  let path: string;
  try {
    path = await ensureModelFile(name, undefined, world.outside);
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  assert.deepEqual(await Deno.readFile(path), CONTENT);
  assert.match(
    said[0]!,
    /generator\.pth is not here yet: fetching it from https:\/\/hub\.example\/.* \(about 697 MB, MIT\)/,
  );
  const before = world.asked.length;
  assert.equal(await ensureModelFile("base", undefined, world.outside), path);
  assert.equal(await modelWeights("generators", "base", undefined, undefined, world.outside), path);
  assert.equal(await modelWeights("generators", "base", "my.pth", undefined, world.outside), "my.pth");
  assert.equal(await modelWeights("generators", "mini", undefined, undefined, world.outside), undefined);
  assert.equal(await modelWeights("generators", "huge", undefined, undefined, world.outside), undefined);
  assert.equal(world.asked.length, before);
});

Deno.test("transferText() and TransferDisplay show amount, rate and time left", () => {
  const progress = {
    ...{ file: "a.pth", phase: "receiving", fileDone: 120e6, fileBytes: 697e6 } as const,
    ...{ done: 120e6, bytes: 697e6, rate: 32e6, secondsLeft: 18.03 },
  };
  assert.equal(transferText(progress), "120 MB of 697 MB, 32.0 MB/s, 0:18 left, receiving a.pth");
  assert.equal(
    transferText({ ...progress, phase: "checking", rate: 0, secondsLeft: undefined }),
    "120 MB of 697 MB, checking a.pth",
  );
  let time = 0;
  const lines: string[] = [];
  const plain = new TransferDisplay({ bar: false, now: () => time, write: (text) => lines.push(text) });
  for (time = 1000; time <= 11_000; time += 1000) plain.update(progress);
  plain.clear();
  assert.deepEqual(lines, Array(2).fill("17 % 120 MB of 697 MB, 32.0 MB/s, 0:18 left, receiving a.pth\n"));
  lines.length = 0;
  const bar = new TransferDisplay({ bar: true, now: () => time, write: (text) => lines.push(text) });
  bar.update(progress);
  time += 200;
  bar.update(progress);
  bar.clear();
  bar.clear();
  assert.deepEqual(lines, [`\r\x1b[K[####--------------------] ${transferText(progress)}`, "\r\x1b[K"]);
});

Deno.test("sleep() ends with the signal's reason", async () => {
  const stop = new AbortController();
  const long = sleep(60_000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(long, /enough/);
  await assert.rejects(sleep(60_000, stop.signal), /enough/);
  await sleep(1);
});
