import assert from "node:assert/strict";
import { formatBytes } from "@/hub/mod.ts";

Deno.test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.00 kB"],
  [8_179_680, "8.18 MB"],
  [99_960_000, "100 MB"],
  [999_600_000, "1.00 GB"],
  [42.3e9, "42.3 GB"],
  [2e18, "2000 PB"],
])("formatBytes() writes %d as %s", (bytes, text) => {
  assert.equal(formatBytes(bytes as number), text);
});
