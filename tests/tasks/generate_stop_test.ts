/** `deno task generate` stopped at any moment and started again. */
import assert from "node:assert/strict";
import { openLmdb } from "@/datasets/mod.ts";
import { assertSameFiles, assertSuccess, generate, imagesIn, startSlowly } from "./_generate.ts";
import { Sandbox } from "./_sandbox.ts";

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("nothing happened for 12 seconds");
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

for (
  const [signal, code] of [["SIGKILL", 137], ["SIGINT", 130], [
    "SIGTERM",
    143,
  ]] as const
) {
  Deno.test(`generate finishes a folder that ${signal} left half done`, async () => {
    await using box = await Sandbox.make();
    const argv = [...box.common("out", 40), "--name", "x", "--batch-size", "3"];
    const child = startSlowly(argv);
    await waitFor(() => isThere(box.path("out", "x", "000000", "007.jpg")));
    child.kill(signal);
    const first = await child.output();
    assert.equal(first.code, code);
    if (signal !== "SIGKILL") {
      const err = new TextDecoder().decode(first.stderr);
      assert.match(err, /the same command makes the rest/);
      assert.match(err, /Stopped\./);
    }
    const half = (await box.files("out")).size;
    assert.ok(half < 240, `${half} files after the stop`);

    const second = await generate(argv);
    assertSuccess(second);
    const written = Number(/240 images, (\d+) new/.exec(second.out)?.[1]);
    assert.ok(written > 0 && written < 240, second.out);
    assertSuccess(await generate([...box.common("whole", 40), "--name", "x"]));
    assertSameFiles(
      await imagesIn(box, "out/x"),
      await imagesIn(box, "whole/x"),
    );
  });
}

Deno.test("generate finishes an LMDB file that SIGKILL left half done", async () => {
  await using box = await Sandbox.make();
  const argv = (
    output: string,
  ) => [
    ...box.common(output, 80),
    "--name",
    "x",
    "--batch-size",
    "4",
    "--format",
    "lmdb",
  ];
  const child = startSlowly(argv("out"));
  await waitFor(async () =>
    (await Deno.stat(box.path("out", "x.lmdb")).catch(() => undefined))?.size! >
      300_000
  );
  const rival = await generate(argv("out"));
  assert.equal(rival.code, 1);
  assert.match(rival.err, /another writer has it open/);
  child.kill("SIGKILL");
  assert.equal((await child.output()).code, 137);

  const second = await generate(argv("out"));
  assertSuccess(second);
  const written = Number(/480 images, (\d+) new/.exec(second.out)?.[1]);
  assert.ok(written > 0 && written < 480, second.out);
  assertSuccess(await generate(argv("whole")));
  await using half = await openLmdb(box.path("out", "x.lmdb"));
  await using whole = await openLmdb(box.path("whole", "x.lmdb"));
  assert.equal(half.length, 480);
  assert.deepEqual(half.labels, whole.labels);
  for (let i = 0; i < 480; i++) {
    assert.deepEqual(
      (await half.get(i)).bytes,
      (await whole.get(i)).bytes,
      `record ${i}`,
    );
  }
});
