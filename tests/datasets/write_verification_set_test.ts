import {
  arrayDataset,
  openVerificationSet,
  pairedImages,
  writeVerificationBin,
  writeVerificationPixels,
} from "@/datasets/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { jpeg, png } from "./_images.ts";
import { pythonWith, runVerificationTool } from "./_interop.ts";
import { fromFileUrl, withDir } from "./_paths.ts";

const PAIRS = { first: [0, 0, 3], second: [1, 2, 2], same: [1, 0, 0] };
const order = [0, 1, 0, 2, 3, 2];

async function files(): Promise<Uint8Array[]> {
  return [await jpeg(0, 0), await jpeg(0, 1), await png(1, 0), await jpeg(2, 0, 20)];
}

async function faces() {
  return arrayDataset((await files()).map((bytes, i) => ({ label: Math.floor(i / 2), bytes })));
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())).toHex();
}

const plain = pythonWith("pickle, lzma");
const partner = plain ? "Python by insightface's load_bin" : "itself only, as there is no Python here";

Deno.test(`writeVerificationBin() keeps every byte and opens in ${partner}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/a.bin`, seen: number[] = [];
    await writeVerificationBin(path, pairedImages(await faces(), PAIRS), { onProgress: (done) => seen.push(done) });
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
    const images = await files();
    await using set = await openVerificationSet(path);
    assert.deepEqual([...set.same], PAIRS.same);
    for (const [i, k] of order.entries()) assert.deepEqual(await set.bytes(i), new Uint8Array(images[k]!));
    if (!plain) return;
    const decoder = pythonWith("pickle, PIL") ?? plain;
    const view = JSON.parse(await runVerificationTool(decoder, "bin", path));
    assert.deepEqual(view.issame, [true, false, false]);
    assert.deepEqual(
      view.images.map(({ sha }: { sha: string }) => sha),
      await Promise.all(order.map((k) => sha256(images[k]!))),
    );
    for (const [i, k] of order.entries()) {
      if (view.images[i].size) assert.deepEqual(view.images[i].size, Array(2).fill([16, 16, 4, 20][k]));
    }
    await runVerificationTool(plain, "xz", path, `${dir}/a.xz`);
    await using packed = await openVerificationSet(`${dir}/a.xz`);
    assert.deepEqual([...packed.same, await packed.bytes(4)], [...PAIRS.same, new Uint8Array(images[3]!)]);
  }));

Deno.test(`writeVerificationBin() writes thousands of pairs in batches that open in ${partner}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/a.bin`, count = 1503;
    const bytes = (index: number) => Promise.resolve(Uint8Array.of(index & 255, index >> 8));
    const same = Uint8Array.from({ length: count }, (_, p) => Number(p % 7 < 3));
    const image = () => Promise.reject(new Error("not asked for"));
    await writeVerificationBin(path, { length: count, same, bytes, image });
    await using set = await openVerificationSet(path);
    assert.deepEqual(set.same, same);
    assert.deepEqual(await set.bytes(3005), Uint8Array.of(3005 & 255, 3005 >> 8));
    if (!plain) return;
    const view = JSON.parse(
      await runVerificationTool(plain, "bin", path).catch((error) => {
        if (/UnidentifiedImageError/.test(error.message)) return "{}"; // where Pillow is there: these are no images
        throw error;
      }),
    );
    if (view.issame) assert.deepEqual([view.images.length, view.issame.length], [2 * count, count]);
  }));

const numpy = pythonWith("numpy");

Deno.test(`writeVerificationPixels() writes what opens in ${numpy ? "NumPy as SOTA-Face-Recognition opens it" : "itself only, as no Python here has NumPy"}`, () =>
  withDir(async (dir) => {
    const images = await files();
    await writeVerificationPixels(`${dir}/tiny`, pairedImages(await faces(), PAIRS), { size: 16 });
    await using set = await openVerificationSet(`${dir}/tiny`);
    assert.deepEqual([...set.same], PAIRS.same);
    assert.deepEqual((await set.image(1)).data, (await decodeImage(images[1]!)).data);
    assert.deepEqual([...(await set.image(5)).data.subarray(0, 3)], [60, 0, 90]); // was 4x4
    await writeVerificationBin(`${dir}/again.bin`, set);
    await using again = await openVerificationSet(`${dir}/again.bin`);
    assert.deepEqual((await again.image(1)).data, (await set.image(1)).data);
    if (!numpy) return;
    const view = JSON.parse(await runVerificationTool(numpy, "folder", `${dir}/tiny`));
    assert.deepEqual(view.shape, [6, 3, 16, 16]);
    assert.deepEqual([view.type, view.issame], ["uint8", [1, 0, 0]]);
  }));

Deno.test("writeVerificationBin() packs the fixture's pixels without loss", () =>
  withDir(async (dir) => {
    await using from = await openVerificationSet(fromFileUrl("../fixtures/datasets/verification", import.meta.url));
    await writeVerificationBin(`${dir}/a.bin`, from);
    await using to = await openVerificationSet(`${dir}/a.bin`);
    for (let i = 0; i < 12; i++) assert.deepEqual((await to.image(i)).data, (await from.image(i)).data);
  }));

Deno.test("pairedImages() and the writers refuse pairs that are not there, and leave nothing behind", () =>
  withDir(async (dir) => {
    const dataset = await faces();
    assert.throws(() => pairedImages(dataset, { ...PAIRS, first: [0, 0, 4] }), RangeError);
    assert.throws(() => pairedImages(dataset, { ...PAIRS, same: [1] }), /3 first, 3 second items and 1 flags/);
    const none = pairedImages(dataset, { first: [], second: [], same: [] });
    await assert.rejects(writeVerificationBin(`${dir}/a.bin`, none), { name: "RangeError", message: /0 pairs/ });
    await assert.rejects(writeVerificationPixels(`${dir}/a`, none), RangeError);
    const broken = {
      length: 1,
      same: Uint8Array.of(1),
      bytes: () => Promise.reject(new SyntaxError("gone")),
      image: () => Promise.reject(new SyntaxError("gone")),
    };
    await assert.rejects(writeVerificationBin(`${dir}/a.bin`, broken), /gone/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(dir)), []);
    await assert.rejects(writeVerificationPixels(`${dir}/b`, broken), /gone/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${dir}/b`)), []);
  }));
