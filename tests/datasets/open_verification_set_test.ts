import { isVerificationSet, openVerificationSet, writeVerificationBin } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { bytes, le } from "../weights/_builders.ts";
import { png, writeFiles } from "./_images.ts";
import { fromFileUrl, withDir } from "./_paths.ts";

const fixture = (name: string) => fromFileUrl(`../fixtures/datasets/${name}`, import.meta.url);

/** Image i of make_verification.py. */
function pixels(i: number): Uint8Array {
  return Uint8Array.from({ length: 192 }, (_, k) => 20 * i + 8 * (k % 3) + Math.floor(k / 24) + Math.floor(k / 3) % 8);
}

for (const name of ["verification.bin", "verification_numpy.bin", "verification.xz", "verification"]) {
  Deno.test(`openVerificationSet() reads ${name}, which Python wrote`, async () => {
    await using set = await openVerificationSet(fixture(name));
    assert.deepEqual([set.name, set.length], [name.replace(/\..*/, ""), 6]);
    assert.deepEqual([...set.same], [1, 0, 1, 1, 0, 1]);
    for (let i = 0; i < 12; i++) {
      const image = await set.image(i);
      assert.deepEqual([image.width, image.height], [8, 8]);
      assert.deepEqual(image.data, pixels(i), `image ${i}`);
      assert.equal((await set.bytes(i))?.[0], name === "verification" ? undefined : 0x89);
    }
    for (const index of [-1, 12]) {
      await assert.rejects(set.image(index), RangeError);
      await assert.rejects(set.bytes(index), RangeError);
    }
  });
}

Deno.test("openVerificationSet() reads .bin files of Python 2, whose strings are bytes, and finds a set by its .npy", () =>
  withDir(async (dir) => {
    const image = await png(3);
    const string = bytes("T", le(4, image.length), image);
    // (["...", "..."], [True]) of protocol 2, as insightface's lfw2pack.py wrote it
    await Deno.writeFile(`${dir}/old.bin`, bytes(0x80, 2, "]", "(", string, string, "e", "]", 0x88, "a", 0x86, "."));
    await using set = await openVerificationSet(`${dir}/old.bin`);
    assert.deepEqual(await set.bytes(1), new Uint8Array(image));
    // protocol 0: text lines
    await Deno.writeTextFile(`${dir}/text.bin`, "((lp0\nS'\\xff\\xd8'\naS'b'\na(lp1\nI01\nat.");
    await using text = await openVerificationSet(`${dir}/text.bin`);
    assert.deepEqual(await text.bytes(0), Uint8Array.of(0xff, 0xd8));
    await using npy = await openVerificationSet(`${fixture("verification")}/verification.npy`);
    assert.equal(npy.length, 6);
  }));

Deno.test("openVerificationSet() reads a set with an empty image, of any protocol, and refuses that image alone", () =>
  withDir(async (dir) => {
    await using set = await openVerificationSet(fixture("verification_empty.bin"));
    assert.deepEqual([set.length, ...set.same], [6, 1, 0, 1, 1, 0, 1]);
    assert.deepEqual(await set.bytes(4), new Uint8Array(0));
    await assert.rejects(set.image(4), {
      name: "SyntaxError",
      message: /^Cannot decode image 4 of .*: it has no bytes$/,
    });
    for (const i of [3, 5]) assert.deepEqual((await set.image(i)).data, pixels(i));
    await writeVerificationBin(`${dir}/again.bin`, set); // of protocol 3
    await using again = await openVerificationSet(`${dir}/again.bin`);
    for (let i = 0; i < 12; i++) assert.deepEqual(await again.bytes(i), await set.bytes(i), `image ${i}`);
  }));

Deno.test("openVerificationSet() refuses files that are damaged, hostile or something else", () =>
  withDir(async (dir) => {
    const list = (...items: string[]) => `](${items.join("")}e`;
    const [image, yes] = ["C\x01x", "\x88"];
    const pickle = (...parts: string[]) => bytes(0x80, 3, parts.join(""), 0x86, ".");
    const cases: [string, Uint8Array, string, RegExp][] = [
      ["odd.bin", pickle(list(image), list(yes)), "SyntaxError", /1 images and 1 bools/],
      ["none.bin", pickle("]", "]"), "SyntaxError", /0 images and 0 bools/],
      ["text.bin", pickle(list(image, "X\x01\x00\x00\x00a"), list(yes)), "SyntaxError", /image 1 is no bytes/],
      ["flags.bin", pickle(list(image, image), list("K\x02")), "SyntaxError", /no list of bools/],
      ["one.bin", bytes(0x80, 3, "]."), "SyntaxError", /no pair of lists/],
      [
        "evil.bin",
        bytes(0x80, 3, "cos\nsystem\n(X\x02\x00\x00\x00lstR."),
        "SyntaxError",
        /names os\.system.*malicious/,
      ],
      ["state.bin", bytes(0x80, 3, "cfoo\nBar\n)R."), "SyntaxError", /it holds a foo\.Bar object/],
      ["zero.bin", new Uint8Array(0), "SyntaxError", /truncated/],
      ["huge.bin", bytes(0x80, 3, "](B", le(4, 4_000_000_000), "x"), "SyntaxError", /asks for 4000000000 more bytes/],
      ["a.xz", bytes("hello world"), "SyntaxError", /no \.xz file/],
      [
        "cut.xz",
        (await Deno.readFile(fixture("verification.xz"))).subarray(0, -20),
        "SyntaxError",
        /damaged or cut short/,
      ],
      [
        "head.xz",
        (await Deno.readFile(fixture("verification.xz"))).subarray(0, 6),
        "SyntaxError",
        /damaged or cut short/,
      ],
      ["a.tar", bytes("x"), "TypeError", /expected a \.bin, \.xz or \.npy/],
    ];
    const damaged = (await Deno.readFile(fixture("verification.xz"))).slice();
    damaged[60]! ^= 255;
    cases.push(["damaged.xz", damaged, "SyntaxError", /damaged or cut short/]);
    for (const [name, content, error, message] of cases) {
      await Deno.writeFile(`${dir}/${name}`, content);
      await assert.rejects(openVerificationSet(`${dir}/${name}`), (e: Error) => {
        assert.equal(e.name, error, `${name}: ${e}`);
        assert.match(e.message, message, name);
        assert.ok(e.message.includes(name), e.message);
        return true;
      });
    }
    await assert.rejects(openVerificationSet(`${dir}/nothing.bin`), Deno.errors.NotFound);
  }));

Deno.test("openVerificationSet() refuses folders whose parts do not fit", () =>
  withDir(async (dir) => {
    const path = `${dir}/s/s.npy`;
    await writeFiles(dir, { "s/issame.txt": "1\n0\n" });
    await assert.rejects(openVerificationSet(`${dir}/s`), Deno.errors.NotFound);
    const array = (shape: number[]) =>
      writeNpy(path, { dtype: "uint8", shape, data: new Uint8Array(shape.reduce((a, b) => a * b)) });
    array([6, 3, 2, 2]);
    await assert.rejects(openVerificationSet(`${dir}/s`), { name: "RangeError", message: /6 images, .* has 2 lines/ });
    array([4, 2, 2, 3]);
    await assert.rejects(openVerificationSet(`${dir}/s`), { name: "TypeError", message: /shape \[4, 2, 2, 3\]/ });
    array([4, 3, 2, 2]);
    await Deno.writeTextFile(`${dir}/s/issame.txt`, "1.000e+00\n0.0\n"); // as numpy.savetxt writes floats
    await using set = await openVerificationSet(`${dir}/s`);
    assert.deepEqual([...set.same], [1, 0]);
    await Deno.writeTextFile(`${dir}/s/issame.txt`, "1\n2\n");
    await assert.rejects(openVerificationSet(`${dir}/s`), { name: "SyntaxError", message: /entry 1 is "2"/ });
  }));

Deno.test("isVerificationSet() goes by name and by issame.txt", () => {
  assert.deepEqual(["x.bin", "x.XZ", "x.npy", "x", "."].map(isVerificationSet), [true, true, false, false, false]);
  assert.equal(isVerificationSet(fixture("verification")), true);
});
