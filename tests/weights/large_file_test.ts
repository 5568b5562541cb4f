import assert from "node:assert/strict";
import { openSource } from "@/weights/open_weights.ts";
import { FileSource } from "@/weights/_source.ts";
import { floats, layOutZip, makeLegacy, pickleDict, pickleTensor } from "./_builders.ts";
import { TempDir } from "./_fixtures.ts";

// Windows fills holes with zeros, which takes long for 5 GiB.
const LAST_BYTES = Deno.build.os === "windows" ? 700_000_000 : 5 * 2 ** 30;
const FLOATS = LAST_BYTES / 4;

/** A file whose storage is a hole that ends in 2.5. */
function writeSparse(path: string): void {
  const pickle = pickleDict({
    all: pickleTensor({ length: FLOATS, shape: [FLOATS], strides: [1] }),
    tail: pickleTensor({
      length: FLOATS,
      offset: FLOATS - 2,
      shape: [2],
      strides: [1],
    }),
  });
  const { pieces, dataOffsets } = layOutZip([
    { name: "archive/data.pkl", data: pickle },
    { name: "archive/data/0", data: LAST_BYTES },
  ], { zip64: true });
  using file = Deno.openSync(path, { write: true, create: true });
  const last = {
    offset: dataOffsets.get("archive/data/0")! + LAST_BYTES - 4,
    data: floats(2.5),
  };
  for (const { offset, data } of [...pieces, last]) {
    file.seekSync(offset, Deno.SeekMode.Start);
    assert.equal(file.writeSync(data), data.length);
  }
}

Deno.test("openWeights() reads only the index of a checkpoint larger than 4 GiB", () => {
  using dir = new TempDir();
  const path = dir.file("large.pth");
  writeSparse(path);
  using source = new FileSource(path);
  const file = openSource(source, {});
  assert.ok(source.size > LAST_BYTES);
  assert.ok(source.bytesRead < 70_000, `${source.bytesRead} bytes were read`); // the 64 KiB tail, and little else
  const tail = file.tensors.get("tail")!;
  assert.ok(tail.contiguous && tail.offset + tail.byteLength > LAST_BYTES);
  assert.deepEqual(file.readFloat32("tail"), new Float32Array([0, 2.5]));
});

Deno.test("openWeights() reads only the sizes of the storages of a large legacy checkpoint", () => {
  using dir = new TempDir();
  const path = dir.file("large.pth");
  const pickle = pickleDict({
    tail: pickleTensor({
      length: FLOATS,
      offset: FLOATS - 1,
      shape: [1],
      strides: [1],
    }),
  });
  const head = makeLegacy(pickle, [{
    key: "0",
    length: FLOATS,
    data: new Uint8Array(0),
  }]);
  Deno.writeFileSync(path, head);
  {
    using file = Deno.openSync(path, { write: true });
    file.seekSync(head.length + LAST_BYTES - 4, Deno.SeekMode.Start);
    file.writeSync(floats(2.5));
  }
  using source = new FileSource(path);
  const file = openSource(source, {});
  assert.equal(file.format, "torch-legacy");
  assert.ok(source.bytesRead < 140_000, `${source.bytesRead} bytes were read`); // two chunks of read-ahead
  assert.deepEqual(file.readFloat32("tail"), new Float32Array([2.5]));
});
