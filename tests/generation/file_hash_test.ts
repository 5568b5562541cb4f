import assert from "node:assert/strict";
import { sha256File } from "@/generation/mod.ts";

Deno.test("sha256File() reads a file of several blocks to its end", async () => {
  const path = await Deno.makeTempFile();
  try {
    const bytes = Uint8Array.from({ length: 9_000_001 }, (_, i) => i * 7);
    await Deno.writeFile(path, bytes);
    const expected = new Uint8Array(
      await crypto.subtle.digest("SHA-256", bytes),
    ).toHex();
    assert.equal(await sha256File(path), expected);
    await assert.rejects(sha256File(path, AbortSignal.abort()), {
      name: "AbortError",
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("sha256File() passes on that a file is missing", async () => {
  await assert.rejects(sha256File("no such file"), Deno.errors.NotFound);
});
