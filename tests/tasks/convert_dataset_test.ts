import assert from "node:assert/strict";
import { type DatasetItem, openDataset, openVerificationSet, readMask } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { convertMain, SPEC } from "../../tasks/convert_dataset.ts";
import { jpeg, writeFiles } from "../datasets/_images.ts";
import { python, type PythonView, runTool } from "../datasets/_interop.ts";
import { fromFileUrl, withDir } from "../datasets/_paths.ts";
import { imageFolder, names, run } from "./_datasets.ts";

const FIXTURE = fromFileUrl("../fixtures/datasets/python.lmdb", import.meta.url);
const convert = (...argv: string[]) => run(SPEC, convertMain, ...argv);

async function ok(...argv: string[]): Promise<void> {
  const { code, err } = await convert(...argv);
  assert.equal(code, 0, err);
}

async function items(path: string, mask?: ArrayLike<number>): Promise<DatasetItem[]> {
  await using dataset = await openDataset(path, mask === undefined ? {} : { mask });
  return (await Array.fromAsync(dataset)).map((item) => ({ ...item, bytes: new Uint8Array(item.bytes) }));
}

Deno.test("convert:dataset goes from folder to LMDB to folder to list and back with the same bytes", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`);
    await ok(from, `${dir}/a.lmdb`);
    await ok(`${dir}/a.lmdb`, `${dir}/folder`);
    await ok(`${dir}/folder`, `${dir}/list.txt`);
    await ok(`${dir}/list.txt`, `${dir}/b.lmdb`, "--subdir", "--labels", `${dir}/list_labels.txt`, "--check", "quick");
    await Deno.stat(`${dir}/b.lmdb/data.mdb`);
    const expected = await items(from);
    assert.equal(expected.length, 12);
    for (const path of ["a.lmdb", "folder", "list.txt", "b.lmdb"]) {
      assert.deepEqual(await items(`${dir}/${path}`), expected, path);
    }
    const classes = JSON.parse(await Deno.readTextFile(`${dir}/a.lmdb.classes.json`));
    assert.deepEqual([classes.images, classes.features], [12, false]);
    assert.deepEqual(classes.classes[1], { label: 1, name: "000001", from: 1, images: 4 });
    assert.deepEqual((await names(dir)).filter((name) => /part|left_out/.test(name)), []);
    if (!python) return;
    for (const path of ["a.lmdb", "b.lmdb"]) {
      const view = JSON.parse(await runTool("read", `${dir}/${path}`)) as PythonView;
      assert.deepEqual([view.length, view.classes], [12, 3]);
      assert.deepEqual(view.records.map(({ label }) => label), expected.map(({ label }) => label));
    }
  }));

Deno.test("convert:dataset narrows by mask, classes, images per class and limit, and numbers classes anew", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 5, 3), all = await items(from);
    await ok(from, `${dir}/m.npy`, "--classes", "1:4", "--per-class", "2");
    const mask = readMask(`${dir}/m.npy`, 15);
    assert.deepEqual([...mask], [3, 4, 6, 7, 9, 10]);
    await ok(from, `${dir}/a.lmdb`, "--mask", `${dir}/m.npy`, "--limit", "5");
    const expected = [3, 4, 6, 7, 9].map((index, i) => ({ ...all[index]!, label: [0, 0, 1, 1, 2][i]! }));
    assert.deepEqual(await items(`${dir}/a.lmdb`), expected);
    await ok(from, `${dir}/n.npy`, "--mask", `${dir}/m.npy`, "--classes", "1:3");
    assert.deepEqual([...readMask(`${dir}/n.npy`, 15)], [6, 7, 9, 10]);
    await ok(from, `${dir}/r.npy`, "--classes", "2", "--random", "--seed", "4");
    assert.equal(readMask(`${dir}/r.npy`, 15).length, 6);
  }));

Deno.test("convert:dataset puts a matrix of features into the database, and leaves them out when told", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 2, 2), data = Float32Array.from({ length: 12 }, (_, i) => i);
    data.fill(NaN, 3, 6);
    writeNpy(`${dir}/f.npy`, { dtype: "float32", shape: [4, 3], data });
    await ok(from, `${dir}/a.lmdb`, "--features", `${dir}/f.npy`);
    const made = await items(`${dir}/a.lmdb`);
    assert.deepEqual(made.map(({ feature }) => feature?.[0]), [0, 6, 9]);
    assert.match(await Deno.readTextFile(`${dir}/a.lmdb.left_out.txt`), /^000000\/001\.jpg\tit has no feature\n$/);
    await ok(`${dir}/a.lmdb`, `${dir}/b.lmdb`);
    assert.deepEqual(await items(`${dir}/b.lmdb`), made);
    await ok(`${dir}/a.lmdb`, `${dir}/c.lmdb`, "--no-features");
    assert.equal((await items(`${dir}/c.lmdb`))[0]!.feature, undefined);
    if (!python) return;
    const view = JSON.parse(await runTool("read", `${dir}/b.lmdb`)) as PythonView;
    if (view.records[0]!.numpy) {
      assert.deepEqual(
        new Float32Array(Uint8Array.fromBase64(view.records[1]!.feature!).buffer),
        Float32Array.of(6, 7, 8),
      );
    }
  }));

Deno.test("convert:dataset lists what it leaves out, and with --strict writes nothing", () =>
  withDir(async (dir) => {
    const whole = await jpeg(1);
    await writeFiles(dir, {
      "from/a/1.jpg": whole,
      "from/a/2.jpg": whole.subarray(0, 100),
      "from/a/note.txt": "x",
      "from/b/0.jpg": new Uint8Array(0),
    });
    await Deno.mkdir(`${dir}/from/c`);
    const strict = await convert(`${dir}/from`, `${dir}/to`, "--strict");
    assert.equal(strict.code, 1);
    assert.match(strict.err, /5 things would be left out/);
    assert.deepEqual(await names(dir), ["from"]);
    await ok(`${dir}/from`, `${dir}/to`);
    assert.deepEqual(await items(`${dir}/to`), [{ label: 0, bytes: new Uint8Array(whole) }]);
    const list = await Deno.readTextFile(`${dir}/to.left_out.txt`);
    assert.deepEqual(list.trim().split("\n").map((line) => line.split("\t")[0]).sort(), [
      "a/2.jpg",
      "a/note.txt",
      "b/0.jpg",
      "c",
      "class b",
    ]);
    await Deno.remove(`${dir}/from/a/1.jpg`);
    const none = await convert(`${dir}/from`, `${dir}/to`, "--overwrite");
    assert.equal(none.code, 1);
    assert.match(none.err, /none of its 2 items can be used/);
    assert.equal((await items(`${dir}/to`)).length, 1); // what was there stays
    assert.ok(!(await names(dir)).includes("to.part"));
  }));

Deno.test("convert:dataset draws balanced pairs by seed, hard ones by features", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 4, 4);
    const bin = async (name: string, ...options: string[]) => {
      await ok(from, `${dir}/${name}.bin`, "--pairs", "12", ...options);
      await using set = await openVerificationSet(`${dir}/${name}.bin`);
      return { same: [...set.same], pairs: JSON.parse(await Deno.readTextFile(`${dir}/${name}.bin.pairs.json`)).pairs };
    };
    const first = await bin("a", "--seed", "3");
    assert.deepEqual([first.same.length, first.same.filter(Boolean).length], [12, 6]);
    assert.deepEqual(await bin("b", "--seed", "3"), first);
    assert.notDeepEqual((await bin("c", "--seed", "4")).pairs, first.pairs);
    assert.deepEqual(first.pairs.map((pair: number[]) => pair[2]), first.same);
    // Classes 0 and 1 look alike, 2 and 3 are apart from all; image 3 of each class looks unlike its class.
    const angle = (index: number) => [0, 0.1, 1.5, 3][index >> 2]! + (index % 4 === 3 ? 0.5 : index % 4 * 0.001);
    const data = Float32Array.from({ length: 32 }, (_, k) => k % 2 ? Math.sin(angle(k >> 1)) : Math.cos(angle(k >> 1)));
    writeNpy(`${dir}/f.npy`, { dtype: "float32", shape: [16, 2], data });
    const hard = await bin("d", "--hard", "40", "--features", `${dir}/f.npy`);
    assert.equal(hard.same.filter(Boolean).length, 6);
    for (const [a, b, same] of hard.pairs) {
      if (same) assert.ok(a % 4 === 3 || b % 4 === 3, `${a} ${b}`);
      else assert.deepEqual([a >> 2, b >> 2].sort(), [0, 1]);
    }
    await ok(from, `${dir}/set`, "--pairs", "4", "--size", "8");
    await using set = await openVerificationSet(`${dir}/set`);
    assert.deepEqual([set.length, (await set.image(0)).width], [4, 8]);
    const none = await convert(from, `${dir}/e.bin`, "--classes", "1");
    assert.match(none.err, /0 of two are possible/);
    const without = await convert(from, `${dir}/e.bin`, "--hard", "4");
    assert.match(without.err, /no image has a feature/);
  }));

Deno.test("convert:dataset makes as many pairs as asked, of an odd number one more of one person", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 4, 4);
    writeNpy(`${dir}/f.npy`, { dtype: "float32", shape: [16, 1], data: new Float32Array(16).fill(1) });
    for (const [name, ...options] of [["a"], ["hard", "--hard", "3", "--features", `${dir}/f.npy`]]) {
      await ok(from, `${dir}/${name}.bin`, "--pairs", "7", ...options);
      await using set = await openVerificationSet(`${dir}/${name}.bin`);
      assert.deepEqual([set.length, set.same.filter(Boolean).length], [7, 4]);
    }
    await ok(from, `${dir}/all.bin`, "--pairs", "99"); // 4 * 6 of one person are possible
    await using all = await openVerificationSet(`${dir}/all.bin`);
    assert.deepEqual([all.length, all.same.filter(Boolean).length], [48, 24]);
  }));

Deno.test("convert:dataset makes a folder of any name that ends with a slash, and describes it beside it", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`);
    await ok(from, `${dir}/faces.v2/`);
    assert.deepEqual(await names(dir), ["faces.v2", "faces.v2.classes.json", "from"]);
    await ok(from, `${dir}/faces.v2/`, "--overwrite");
    await ok(from, `${dir}/faces-1.2`);
    assert.deepEqual(await items(`${dir}/faces-1.2`), await items(`${dir}/faces.v2`));
  }));

Deno.test("convert:dataset says how many items a mask or a list names again", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 2, 3);
    const task = fromFileUrl("../../tasks/convert_dataset.ts", import.meta.url);
    const said = async (...args: string[]) => {
      const command = new Deno.Command(Deno.execPath(), { args: ["run", "--no-check", "-A", task, ...args], cwd: dir });
      const { code, stderr } = await command.output(), text = new TextDecoder().decode(stderr);
      assert.equal(code, 0, text);
      return text.split("\n").filter((line) => line.includes("repeat"));
    };
    writeNpy(`${dir}/m.npy`, { dtype: "int64", shape: [5], data: BigInt64Array.of(4n, 0n, 4n, 4n, 1n) });
    const again = "items repeat earlier ones; they are used again";
    assert.deepEqual(await said(from, `${dir}/a`, "--mask", `${dir}/m.npy`), [`${dir}/m.npy: 2 of 5 ${again}`]);
    assert.equal((await items(`${dir}/a`)).length, 5);
    const [one, two] = (await items(from)).slice(0, 2).map((_, i) => `from/000000/00${i}`);
    const ending = (await names(`${dir}/from/000000`))[0]!.slice(3);
    await Deno.writeTextFile(`${dir}/l.txt`, [one, two, `./${one}`].map((path) => `${path}${ending}\n`).join(""));
    assert.deepEqual(await said(`${dir}/l.txt`, `${dir}/b`), [`${dir}/l.txt: 1 of 3 ${again}`]);
    writeNpy(`${dir}/n.npy`, { dtype: "int64", shape: [2], data: BigInt64Array.of(4n, 0n) });
    assert.deepEqual(await said(from, `${dir}/c`, "--mask", `${dir}/n.npy`), []);
  }));

Deno.test("convert:dataset converts verification sets", () =>
  withDir(async (dir) => {
    const xz = fromFileUrl("../fixtures/datasets/verification.xz", import.meta.url);
    await ok(xz, `${dir}/a.bin`);
    await ok(`${dir}/a.bin`, `${dir}/set`, "--size", "8");
    await ok(`${dir}/set`, `${dir}/b.bin`);
    for (const name of ["a.bin", "set", "b.bin"]) {
      await using set = await openVerificationSet(`${dir}/${name}`);
      assert.deepEqual([...set.same], [1, 0, 1, 1, 0, 1]);
      assert.deepEqual([...(await set.image(3)).data.subarray(0, 3)], [60, 68, 76], name);
    }
  }));

Deno.test.each<[string, (dir: string) => string[], RegExp]>([
  ["one path", (dir) => [dir], /FROM TO is needed|FROM TO/],
  ["a source that is not there", (dir) => [`${dir}/none`, `${dir}/a`], /none/],
  ["a target inside the source", (dir) => [dir, `${dir}/a/b`], /one lies in the other/],
  ["a target without a folder", (dir) => [FIXTURE, `${dir}/x/a.lmdb`], /there is no folder .*x/],
  ["a target that is there", (dir) => [FIXTURE, `${dir}/there`], /--overwrite/],
  ["an unknown target", (dir) => [FIXTURE, `${dir}/a.xz`], /expected .lmdb, .npy, .txt, .bin or a folder/],
  ["an ending of something else", (dir) => [FIXTURE, `${dir}/a.mp3`], /a\.mp3: \.mp3 is no form .* write .*a\.mp3\//],
  ["--pairs for a database", (dir) => [FIXTURE, `${dir}/a.lmdb`, "--pairs", "5"], /--pairs here/],
  ["--subdir for a folder", (dir) => [FIXTURE, `${dir}/a`, "--subdir"], /--subdir here/],
  ["--random alone", (dir) => [FIXTURE, `${dir}/a`, "--random"], /--classes N/],
  ["too many classes", (dir) => [FIXTURE, `${dir}/a`, "--classes", "9"], /the data set has 4/],
  ["a mask of everything", (dir) => [FIXTURE, `${dir}/a.npy`], /Cannot make a mask/],
  ["a list of a database", (dir) => [FIXTURE, `${dir}/a.txt`], /a database has none/],
  ["a database of pairs", (dir) => [`${dir}/a.bin`, `${dir}/a.lmdb`], /a verification set has no classes/],
  ["a check that is unknown", (dir) => [FIXTURE, `${dir}/a`, "--check", "some"], /full, quick, none/],
])("convert:dataset refuses %s with exit code 2", (_what, options, message) =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/there`);
    const { code, err } = await convert(...options(dir));
    assert.match(err, message);
    assert.equal(code, 2);
    assert.deepEqual(await names(dir), ["there"]);
  }));

Deno.test("convert:dataset says only what it would do with --dry-run", () =>
  withDir(async (dir) => {
    await ok(await imageFolder(`${dir}/from`), `${dir}/a.lmdb`, "--dry-run");
    assert.deepEqual(await names(dir), ["from"]);
  }));

Deno.test("convert:dataset replaces what it made, and no other folder", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`);
    for (const limit of ["3", "5"]) {
      for (const to of ["folder", "a.lmdb", "l.txt"]) {
        await ok(from, `${dir}/${to}`, "--limit", limit, "--overwrite");
        assert.equal((await items(`${dir}/${to}`)).length, Number(limit));
      }
    }
    await writeFiles(dir, { "mine/diary.txt": "dear diary" });
    const { code, err } = await convert(from, `${dir}/mine`, "--overwrite");
    assert.equal(code, 2);
    assert.match(err, /a folder that this task did not make/);
    assert.deepEqual(await names(`${dir}/mine`), ["diary.txt"]);
  }));
