import assert from "node:assert/strict";
import { type ImageEmbedder, streamCentres, type StreamedFace } from "@/datasets/mod.ts";

const SIZE = 2, PIXELS = 3 * SIZE * SIZE;

/** The first and the last value of an image as its feature; the batches it was asked for. */
function firstAndLast(): ImageEmbedder & { readonly batches: number[] } {
  const batches: number[] = [];
  return {
    vectorSize: 2,
    imageSize: SIZE,
    batches,
    embed(images, count) {
      batches.push(count);
      assert.equal(images.length, count * PIXELS);
      const out = new Float32Array(2 * count);
      for (let i = 0; i < count; i++) out.set([images[i * PIXELS]!, images[(i + 1) * PIXELS - 1]!], 2 * i);
      return Promise.resolve(out);
    },
  };
}

function face(identity: number, first: number, last = first): StreamedFace {
  const image = new Float32Array(PIXELS);
  [image[0], image[PIXELS - 1]] = [first, last];
  return { identity, image };
}

/** Three images of 5, one of 2, two of 9. */
const FACES = [face(5, 1, 10), face(5, 2, 20), face(5, 6, 60), face(2, -1), face(9, 0.5, 0), face(9, 0.25, 1)];
const CENTRES = [[5, 3, [3, 30]], [2, 1, [-1, -1]], [9, 2, [0.375, 0.5]]];

Deno.test("streamCentres() averages each identity's features, whatever the batches", async () => {
  for (const batchSize of [1, 2, 4, 6, 100]) {
    const embedder = firstAndLast();
    const done: number[] = [];
    const centres = streamCentres(FACES, embedder, { batchSize, onProgress: (count) => done.push(count) });
    const found = await Array.fromAsync(centres, ({ identity, images, vector }) => [identity, images, [...vector]]);
    assert.deepEqual(found, CENTRES, `batches of ${batchSize}`);
    assert.ok(embedder.batches.every((count) => count <= batchSize));
    assert.equal(done.at(-1), FACES.length);
  }
});

Deno.test("streamCentres() gives a centre as soon as its last image is embedded, and takes no more images than that", async () => {
  let taken = 0;
  function* counted(): Generator<StreamedFace> {
    for (const each of FACES) {
      taken++;
      yield each;
    }
  }
  const centres = streamCentres(counted(), firstAndLast(), { batchSize: 2 });
  assert.equal((await centres.next()).value?.identity, 5);
  assert.equal(taken, 4);
  await centres.return();
  assert.equal(taken, 4);
});

Deno.test("streamCentres() gives nothing for no image", async () => {
  assert.deepEqual(await Array.fromAsync(streamCentres([], firstAndLast())), []);
});

Deno.test("streamCentres() stops when the signal fires", async () => {
  const stop = new AbortController();
  const centres = streamCentres(FACES, firstAndLast(), {
    batchSize: 2,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  await assert.rejects(Array.fromAsync(centres), /enough/);
});

Deno.test("streamCentres() refuses images of another size, identities that come back and features that are not finite", async () => {
  const refuses = (faces: StreamedFace[], name: string, message: RegExp) =>
    assert.rejects(Array.fromAsync(streamCentres(faces, firstAndLast())), { name, message });
  const small = { identity: 4, image: new Float32Array(3) };
  await refuses([FACES[0]!, small], "TypeError", /an image of identity 4: it has 3 values, expected 3 x 2 x 2/);
  await refuses([...FACES, face(2, 1)], "RangeError", /identity 2 comes back after 9/);
  await refuses([face(8, 1), face(8, 0, NaN)], "RangeError", /value 1 of image 1 of identity 8 is NaN/);
});
