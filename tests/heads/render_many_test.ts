import assert from "node:assert/strict";
import {
  describeImage,
  HeadRenderer,
  type RenderedImage,
  renderMany,
  type RenderManyOptions,
  sampleIdentity,
  sampleScene,
  toyHead,
} from "@/heads/mod.ts";

const model = toyHead();

async function all(options: RenderManyOptions): Promise<RenderedImage[]> {
  return await Array.fromAsync(renderMany(model, options));
}

Deno.test("renderMany() yields the images of sampleIdentity() and sampleScene() in order", async () => {
  const images = await all({
    identities: [2, 4],
    images: 3,
    firstImage: 5,
    seed: 8,
  });
  assert.deepEqual(images.map((i) => [i.identity, i.image]), [
    [2, 5],
    [2, 6],
    [2, 7],
    [3, 5],
    [3, 6],
    [3, 7],
  ]);
  const person = sampleIdentity(model, 8, 3);
  const { pixels, mask, truth } = new HeadRenderer().render(
    person,
    sampleScene(8, 3, 6, person.traits),
  );
  assert.deepEqual(images[4]!.pixels, pixels);
  assert.deepEqual(images[4]!.mask, mask);
  assert.deepEqual(images[4]!.truth, truth);
});

Deno.test("renderMany() yields the same for any number of workers", async () => {
  const options = { identities: [0, 3], images: 35, seed: 2n ** 60n } as const; // more than one batch an identity
  const plain = await all({ ...options, workers: 0 });
  const threaded = await all({ ...options, workers: 2 });
  assert.equal(plain.length, 105);
  assert.deepEqual(threaded, plain);
});

Deno.test("renderMany() replaces scene fields", async () => {
  const images = await all({
    identities: [0, 1],
    images: 2,
    scene: { yaw: 50, pitch: 0 },
  });
  for (const { scene, truth } of images) {
    assert.equal(scene.yaw, 50);
    assert.ok(Math.abs(truth.yaw - 50) < 5);
  }
});

Deno.test("renderMany() stops its workers when the consumer leaves", async () => {
  for await (
    const image of renderMany(model, {
      identities: [0, 1000],
      images: 4,
      workers: 2,
    })
  ) {
    if (image.identity === 1) break;
  }
});

Deno.test("renderMany() throws the signal's reason when it fires", async () => {
  const abort = new AbortController();
  let seen = 0;
  await assert.rejects(async () => {
    for await (
      const _ of renderMany(model, {
        identities: [0, 1000],
        images: 4,
        signal: abort.signal,
      })
    ) {
      if (++seen === 5) abort.abort(new DOMException("enough", "AbortError"));
    }
  }, { name: "AbortError" });
  assert.ok(seen < 10);
});

Deno.test("renderMany() throws RangeError when a count is not a whole number", async () => {
  await assert.rejects(() => all({ identities: [0, 1], images: 1.5 }), {
    name: "RangeError",
    message: /images is 1.5/,
  });
  await assert.rejects(
    () => all({ identities: [0, 1], images: 1, workers: -1 }),
    RangeError,
  );
});

Deno.test("renderMany() reports an error of a worker", async () => {
  await assert.rejects(
    () => all({ identities: [0, 1], images: 1, workers: 1, seed: -1 }),
    /worker failed: .*seed is -1/,
  );
});

Deno.test("describeImage() tells pose, landmarks and circumstances as JSON", async () => {
  const [image] = await all({
    identities: [7, 8],
    images: 1,
    scene: { yaw: 30, occlusion: { kind: "none" } },
  });
  const told = JSON.parse(JSON.stringify(describeImage(image!)));
  assert.equal(told.identity, 7);
  assert.equal(told.occlusion, "none");
  assert.equal(told.landmarks.length, 5);
  assert.ok(Math.abs(told.yaw - image!.truth.yaw) < 1e-3);
});
