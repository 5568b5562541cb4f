import assert from "node:assert/strict";
import { describeImage, renderMany, toyHead, TruthFile } from "@/heads/mod.ts";
import { withDir } from "../datasets/_paths.ts";

const line = (identity: number, image: number) => `{"identity":${identity},"image":${image},"yaw":1}\n`;
const places = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([identity, image]) => ({ identity: identity!, image: image! }));

Deno.test("TruthFile keeps the lines of the expected images up to the first that is cut, another's or too many", () =>
  withDir(async (dir) => {
    const path = `${dir}/truth.jsonl`, three = line(0, 0) + line(0, 1) + line(1, 0);
    const cases: [string, number, string][] = [
      ["", 4, ""],
      [three, 4, three],
      [three + line(1, 1).slice(0, -1), 4, three],
      [three, 2, line(0, 0) + line(0, 1)],
      [line(0, 0) + "no JSON\n" + line(0, 1), 4, line(0, 0)],
      [line(0, 0) + "null\n" + line(0, 1), 4, line(0, 0)],
      [line(0, 0) + line(1, 0), 4, line(0, 0)],
      [three, 0, ""],
    ];
    for (const [before, expected, after] of cases) {
      await Deno.writeTextFile(path, before);
      {
        using truth = await TruthFile.open(path, places.slice(0, expected));
        assert.equal(truth.length, after.split("\n").length - 1);
      }
      assert.equal(await Deno.readTextFile(path), after);
    }
  }));

Deno.test("TruthFile reads lines over many blocks, adds to them, and is one process's at a time", () =>
  withDir(async (dir) => {
    const path = `${dir}/truth.jsonl`, filler = `,"filler":"${"x".repeat(3000)}"}\n`;
    const many = Array.from({ length: 1000 }, (_, image) => ({ identity: 0, image }));
    const text = many.map(({ image }) => line(0, image).replace("}\n", filler)).join("");
    await Deno.writeTextFile(path, text + '{"half');
    const truth = await TruthFile.open(path, many);
    await assert.rejects(TruthFile.open(path, many), /another process does; wait for it or stop it/);
    assert.equal(truth.length, 1000);
    const [image] = await Array.fromAsync(renderMany(toyHead(), { identities: [1, 2], images: 1 }));
    truth.write(image!);
    truth.close();
    truth.close();
    assert.equal(await Deno.readTextFile(path), `${text}${JSON.stringify(describeImage(image!))}\n`);
  }));
