import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import {
  arrayParameters,
  inputParameters,
  ONES,
  Parameters,
  parameterSpecs,
  storedParameters,
  ZEROS,
} from "@/networks/mod.ts";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { fixture } from "./_fixtures.ts";

Deno.test("Parameters.param() gives the same value for the same name", () => {
  const params = inputParameters();
  const first = params.scope("a").param("b", [2], { init: ZEROS });
  strictEqual(params.param("a.b", [2], { init: ZEROS }), first);
  strictEqual(params.specs.length, 1);
});

Deno.test("Parameters.param() refuses one name with two shapes", () => {
  const params = inputParameters();
  params.param("a", [2], { init: ZEROS });
  throws(() => params.param("a", [3], { init: ZEROS }), {
    name: "TypeError",
    message: /parameter a: asked for as \[2\] and as \[3\]/,
  });
});

Deno.test("Parameters.scope() joins names with dots", () => {
  const params = new Parameters((spec) => op.input(spec.name, "float32", spec.shape));
  params.scope("layer1.0").scope("bn1").param("weight", [4], { init: ONES });
  deepStrictEqual([...params.values.keys()], ["layer1.0.bn1.weight"]);
  strictEqual(params.scope("x").fullName("y"), "x.y");
});

Deno.test("parameterSpecs() keeps the order and tells buffers from weights", () => {
  const specs = parameterSpecs((params) => {
    params.param("weight", [2, 2], { init: ZEROS });
    params.param("running_mean", [2], { init: ZEROS, trainable: false });
  });
  deepStrictEqual(
    specs.map(({ name, trainable, decay }) => [name, trainable, decay]),
    [
      ["weight", true, true],
      ["running_mean", false, false],
    ],
  );
});

Deno.test("storedParameters() points into the file and copies nothing when values are dense float32", () => {
  const file = openWeights(fixture("iresnet.pth"));
  const params = storedParameters(file, { prefix: "fr." });
  const value = params.param("fc.weight", [24, 128], { init: ZEROS });
  strictEqual(value.name, "fr.fc.weight");
  strictEqual(value.source?.kind, "file");
});

Deno.test("storedParameters() converts bfloat16 in memory", async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const data = new Uint8Array([0x80, 0x3f, 0x00, 0xc0]); // 1 and -2
    writeSafetensors(path, [{
      name: "w",
      dtype: "bfloat16",
      shape: [2],
      data,
    }]);
    const value = storedParameters(openWeights(path)).param("w", [2], {
      init: ZEROS,
    });
    ok(value.source?.kind === "memory");
    deepStrictEqual([...value.source.data as Float32Array], [1, -2]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("storedParameters() names the file and the tensor when the shape is another", () => {
  const params = storedParameters(openWeights(fixture("iresnet.pth")));
  throws(() => params.param("fc.weight", [512, 25088], { init: ZEROS }), {
    name: "TypeError",
    message: /iresnet\.pth.*fc\.weight is \[24,128\], expected \[512,25088\]/,
  });
});

Deno.test("storedParameters() names the file and the tensor when it is not there", () => {
  const params = storedParameters(openWeights(fixture("iresnet.pth")));
  throws(
    () => params.param("blocks.0.attn.qkv.weight", [3, 1], { init: ZEROS }),
    {
      name: "TypeError",
      message: /iresnet\.pth.*no tensor blocks\.0\.attn\.qkv\.weight.*first: conv1\.weight/,
    },
  );
});

Deno.test("arrayParameters() refuses an array of another length", () => {
  const params = arrayParameters(new Map([["w", new Float32Array(3)]]));
  throws(() => params.param("w", [2, 2], { init: ZEROS }), {
    name: "TypeError",
    message: /weight w of shape \[2,2\]: expected 4 values, found 3/,
  });
});
