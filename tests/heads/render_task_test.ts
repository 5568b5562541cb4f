import assert from "node:assert/strict";
import { readNpy } from "@/weights/mod.ts";
import { loadHeads, saveHeads, toyHead } from "@/heads/mod.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

async function withHeads(
  body: (folder: string, run: typeof task) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    saveHeads(toyHead(), `${folder}/heads`);
    await body(
      folder,
      (...args) => task("--heads", `${folder}/heads`, ...args),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function task(
  ...args: string[]
): Promise<{ code: number; errors: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P", "tasks/render.ts", ...args],
    cwd: ROOT,
    stdout: "null",
  }).output();
  return { code, errors: new TextDecoder().decode(stderr) };
}

Deno.test("deno task render writes packed images, masks, labels and truth", () =>
  withHeads(async (folder, run) => {
    const out = `${folder}/out`;
    const { code, errors } = await run(
      "--identities",
      "3:5",
      "--images",
      "2",
      "--output",
      out,
      "--sheet",
      `${folder}/s.png`,
    );
    assert.equal(code, 0, errors);
    assert.deepEqual(readNpy(`${out}/images.npy`).shape, [4, 112, 112, 3]);
    assert.deepEqual(readNpy(`${out}/masks.npy`).shape, [4, 112, 112]);
    assert.deepEqual(
      readNpy(`${out}/labels.npy`).data,
      Int32Array.of(3, 3, 4, 4),
    );
    const truth = (await Deno.readTextFile(`${out}/truth.jsonl`)).trimEnd()
      .split(
        "\n",
      ).map((line) => JSON.parse(line));
    assert.deepEqual(truth.map((t) => [t.identity, t.image]), [[3, 0], [3, 1], [
      4,
      0,
    ], [4, 1]]);
    assert.deepEqual([
      ...(await Deno.readFile(`${folder}/s.png`)).subarray(1, 4),
    ], [
      0x50,
      0x4e,
      0x47,
    ]);
  }));

Deno.test("deno task render --zoom shows more around the face, and says so", () =>
  withHeads(async (folder, run) => {
    const lines = async (...options: string[]) => {
      const out = `${folder}/${options.length}`;
      const { code, errors } = await run("--identities", "3:4", "--images", "2", "--output", out, ...options);
      assert.equal(code, 0, errors);
      return (await Deno.readTextFile(`${out}/truth.jsonl`)).trimEnd().split("\n").map((line) => JSON.parse(line));
    };
    const [near, far] = [await lines(), await lines("--zoom", "0.5")];
    for (const [i, { landmarks, frame }] of far.entries()) {
      assert.deepEqual([near[i].frame, frame], [undefined, { zoom: 0.5, turn: 0, shift: [0, 0] }]);
      for (const [k, [x, y]] of landmarks.entries()) {
        const [u, v] = near[i].landmarks[k];
        assert.ok(Math.abs(x - (u + 55.5) / 2) < 2e-3 && Math.abs(y - (v + 55.5) / 2) < 2e-3, `${x}, ${y}`);
      }
    }
    const folders = ["--format", "folder", "--identities", "3:4", "--images", "1", "--output", `${folder}/jpeg`];
    assert.equal((await run(...folders)).code, 0);
    const other = await run(...folders, "--zoom", "2");
    assert.equal(other.code, 2);
    assert.match(other.errors, /begun with scene nothing, this call asks for \{"frame"/);
  }));

Deno.test("deno task render writes folders, LMDB and packed models", () =>
  withHeads(async (folder, run) => {
    const { openFolder, openLmdb } = await import("@/datasets/mod.ts");
    const few = ["--identities", "0:2", "--images", "2"];
    const first = await run(
      ...few,
      "--format",
      "folder",
      "--output",
      `${folder}/a`,
      "--pack",
      `${folder}/again`,
    );
    assert.equal(first.code, 0, first.errors);
    assert.equal(loadHeads(`${folder}/again`).identityCount, 4);
    assert.ok((await Deno.stat(`${folder}/a/000001/001.jpg`)).size > 1000);
    const second = await run(
      ...few,
      "--format",
      "lmdb",
      "--output",
      `${folder}/b`,
    );
    assert.equal(second.code, 0, second.errors);
    await using images = await openFolder(`${folder}/a`);
    await using records = await openLmdb(`${folder}/b/images.lmdb`);
    assert.equal(images.length, 4);
    assert.equal(records.length, 4);
    assert.deepEqual((await records.get(3)).bytes, (await images.get(3)).bytes);
  }));

Deno.test("deno task render exits with 2 when the arguments or the model are wrong", () =>
  withHeads(async (folder, run) => {
    const nothing = await run("--identities", "0:2");
    assert.equal(nothing.code, 2);
    assert.match(nothing.errors, /give --output DIR/);
    const missing = await task(
      "--heads",
      `${folder}/nowhere`,
      "--sheet",
      `${folder}/s.png`,
    );
    assert.equal(missing.code, 2);
    assert.match(missing.errors, /ICT-VGL\/ICT-FaceKit/);
    const names = async () => (await Array.fromAsync(Deno.readDir(`${folder}/heads`))).length;
    const before = await names();
    for (const [output, message] of [["heads", /it is not empty \(/], ["heads/index.json", /File exists/]] as const) {
      const used = await run("--identities", "0:1", "--images", "1", "--output", `${folder}/${output}`);
      assert.equal(used.code, 2, used.errors);
      assert.match(used.errors, message);
    }
    assert.equal(await names(), before);
  }));

Deno.test("deno task render leaves nothing of packed images behind when it is stopped", () =>
  withHeads(async (folder) => {
    const out = `${folder}/out`;
    const argv = ["--heads", `${folder}/heads`, "--identities", "0:5000", "--images", "32", "--output", out];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-P", "tasks/render.ts", ...argv],
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const isBegun = () => Deno.stat(`${out}/truth.jsonl`).then(() => true, () => false);
    while (!await isBegun()) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    assert.equal(code, 130, new TextDecoder().decode(stderr));
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  }));

/** Every file of a folder by its path, but for those that only a writer that was closed leaves. */
async function filesIn(folder: string, below = ""): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) { for (const entry of await filesIn(folder, `${below}${name}/`)) found.set(...entry); }
    else found.set(below + name, await Deno.readFile(`${folder}/${below}${name}`));
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

for (const format of ["folder", "lmdb"]) {
  Deno.test(`deno task render --format ${format} goes on where kills left it, to the bytes of a run that was not killed`, () =>
    withHeads(async (folder, run) => {
      const { openFolder, openLmdb } = await import("@/datasets/mod.ts");
      const argv = (output: string) => {
        return ["--identities", "2:42", "--images", "5", "--format", format, "--output", `${folder}/${output}`];
      };
      const open = (output: string) =>
        format === "folder" ? openFolder(`${folder}/${output}`) : openLmdb(`${folder}/${output}/images.lmdb`);
      const counts: number[] = [];
      for (const wait of [20, 60]) {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-P", "tasks/render.ts", "--heads", `${folder}/heads`, ...argv("out")],
          cwd: ROOT,
          stdout: "null",
          stderr: "null",
        }).spawn();
        const before = counts.at(-1) ?? 0;
        const size = async () => {
          if (format === "folder") return (await filesIn(`${folder}/out`)).size;
          return (await Deno.stat(`${folder}/out/images.lmdb`)).size / 8192;
        };
        while (await size().catch(() => 0) < before + 8) await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, wait));
        child.kill("SIGKILL");
        await child.status;
        await using reader = await open("out");
        counts.push(reader.length);
      }
      assert.ok(counts[1]! >= counts[0]! && counts[1]! < 200, counts.join());

      const rest = await run(...argv("out"));
      assert.equal(rest.code, 0, rest.errors);
      const told = Number(/200 images of 40 identities in .*, (\d+) of them there before/.exec(rest.errors)?.[1] ?? 0);
      assert.ok(told <= counts[1]!, rest.errors);
      const whole = await run(...argv("whole"));
      assert.equal(whole.code, 0, whole.errors);
      const [found, expected] = [await filesIn(`${folder}/out`), await filesIn(`${folder}/whole`)];
      assert.deepEqual([...found.keys()], [...expected.keys()]);
      for (const [name, bytes] of expected) {
        if (!name.endsWith(".lmdb")) assert.deepEqual(found.get(name), bytes, name);
      }
      await using records = await open("out");
      await using all = await open("whole");
      assert.deepEqual(records.labels, all.labels);
      for (let i = 0; i < 200; i++) assert.deepEqual(await records.get(i), await all.get(i));

      const again = await run(...argv("out"));
      assert.match(again.errors, /200 images of 40 identities in .*, 200 of them there before/);
      const model = toyHead();
      saveHeads({ ...model, neutral: model.neutral.map((v) => 1.01 * v) }, `${folder}/other`);
      for (
        const [heads, change, message] of [
          ["heads", ["--seed", "1"], /it was begun with seed "0", this call asks for "1"/],
          ["heads", ["--quality", "90"], /it was begun with quality 95, this call asks for 90/],
          ["other", [], /it was begun with heads "/],
        ] as const
      ) {
        const refused = await task("--heads", `${folder}/${heads}`, ...argv("out"), ...change);
        assert.equal(refused.code, 2, refused.errors);
        assert.match(refused.errors, message);
      }
    }));
}

Deno.test("deno task render says after Ctrl-C that the same command makes the rest", () =>
  withHeads(async (folder, run) => {
    const out = `${folder}/out`, images = ["--images", "4", "--format", "folder", "--output", out];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-P", "tasks/render.ts", "--heads", `${folder}/heads`, "--identities", "0:3000", ...images],
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const isBegun = () => Deno.stat(`${out}/000001/001.jpg`).then(() => true, () => false);
    while (!await isBegun()) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    assert.equal(code, 130);
    assert.match(new TextDecoder().decode(stderr), /so far is in .*out; the same command makes the rest/);
    const other = await run("--identities", "0:2", ...images);
    assert.match(other.errors, /it was begun with identities \[0,3000\], this call asks for \[0,2\]/);
  }));
