import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { type CatalogueEntry, catalogueEntry, modelCatalogue, recogniserConfig, weightsPath } from "@/networks/mod.ts";
import { fixture } from "./_fixtures.ts";

Deno.test("modelCatalogue names every published file", () => {
  const entries: CatalogueEntry<unknown>[] = [
    ...Object.values(modelCatalogue.generators),
    ...Object.values(modelCatalogue.recognisers),
    ...Object.values(modelCatalogue.poseEstimators),
    ...Object.values(modelCatalogue.landmarkEstimators),
  ];
  const files = entries.map(({ weights }) => weights);
  deepStrictEqual(files.filter((file) => file?.endsWith(".pth")), [
    "weights/vec2face_generator.pth",
    "weights/arcface-r100-glint360k.pth",
    "weights/magface-r100-glint360k.pth",
    ...["10k", "20k", "100k", "200k", "300k"].map((size) => `fr_weights/hsface${size}.pth`),
    "weights/6DRepNet_300W_LP_AFLW2000.pth",
  ]);
});

Deno.test("recogniserConfig() gives the HSFace models squeeze-and-excitation", () => {
  strictEqual(recogniserConfig("hsface300k").squeezeExcitation, 16);
  strictEqual(recogniserConfig("arcface-r100").squeezeExcitation, 0);
});

Deno.test("catalogueEntry() lists the models when the name is unknown", () => {
  throws(() => catalogueEntry("generators", "tiny"), {
    name: "RangeError",
    message: /"tiny": known generators are mini, base, large, huge/,
  });
  throws(() => catalogueEntry("poseEstimators", "tiny"), {
    name: "RangeError",
    message: /known pose estimators are mini, 6drepnet/,
  });
  throws(() => catalogueEntry("generators", "toString"), {
    name: "RangeError",
  });
});

Deno.test("weightsPath() takes the given file", () => {
  strictEqual(
    weightsPath("generators", "huge", fixture("generator.pth")),
    fixture("generator.pth"),
  );
});

Deno.test("weightsPath() says how to get a published file", () => {
  let message = "";
  try {
    weightsPath("recognisers", "hsface10k");
    return; // the file is there on this machine
  } catch (error) {
    message = (error as Error).message;
  }
  match(
    message,
    /fr_weights.hsface10k\.pth is not there; fetch it with: deno task fetch fr_weights.hsface10k\.pth --local-dir \./,
  );
});

Deno.test("weightsPath() refuses a folder", () => {
  throws(() => weightsPath("generators", "mini", fixture("")), {
    name: "TypeError",
    message: /is not a file/,
  });
});
