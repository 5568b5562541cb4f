/** `deno task card:mini`: documents say what was measured. */
import assert from "node:assert/strict";
import { DOCUMENTS, main, SPEC } from "../../tasks/card_mini.ts";
import { callHere, Sandbox } from "./_sandbox.ts";

Deno.test("card:mini has been run since the figures of mini were last measured", async () => {
  await using box = await Sandbox.make();
  for (const [i, path] of DOCUMENTS.entries()) {
    const text = await Deno.readTextFile(path), copy = box.path(`${i}.md`);
    await Deno.writeTextFile(copy, text.replace(/\| recogniser: .*\n/g, ""));
    const { code, err } = await callHere(SPEC, main, [copy]);
    assert.equal(code, 0, err);
    assert.equal(await Deno.readTextFile(copy), text, path);
  }
});

Deno.test("card:mini ends with exit code 2 when a document has no place for the table or a file is missing", async () => {
  await using box = await Sandbox.make();
  const bare = box.path("bare.md");
  await Deno.writeTextFile(bare, "<!-- mini figures --> and no end");
  for (
    const [argv, message] of [[[bare], /bare\.md.*once/], [["--from", box.path("none")], /metrics\.json/]] as const
  ) {
    const { code, err } = await callHere(SPEC, main, [...argv]);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.equal(await Deno.readTextFile(bare), "<!-- mini figures --> and no end");
});
