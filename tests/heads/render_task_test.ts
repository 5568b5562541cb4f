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
