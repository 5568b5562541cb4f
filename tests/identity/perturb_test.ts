import assert from "node:assert/strict";
import { cosine, cosineForSigma, norm, perturb, rotateToCosine, sigmaForCosine } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const D = 512;

/** An ID vector of a given norm. */
function identity(length: number, row = 0): Float32Array {
  const base = new RandomStream(5, "identity", row).fillNormal(
    new Float32Array(D),
  );
  const scale = length / norm(base);
  return base.map((value) => value * scale);
}

Deno.test("perturb() keeps the norm of the base", () => {
  for (const length of [0.01, 1, 20, 3000]) {
    const base = identity(length);
    for (const sigma of [0, 0.3, 0.7, 50]) {
      const near = perturb(base, sigma, new RandomStream(1, "perturb"));
      assert.ok(
        Math.abs(norm(near) / norm(base) - 1) < 1e-6,
        `norm ${length}, sigma ${sigma}: ${norm(near)}`,
      );
    }
  }
});

Deno.test("perturb() lies at the expected cosine on average", () => {
  for (
    const [length, sigma] of [[20, 0.2], [20, 0.3], [20, 0.5], [20, 0.7], [
      15,
      0.7,
    ]] as const
  ) {
    const base = identity(length);
    let sum = 0;
    const draws = 60;
    for (let j = 0; j < draws; j++) {
      sum += cosine(
        base,
        perturb(base, sigma, new RandomStream(2, "perturb", 0, j)),
      );
    }
    assert.ok(
      Math.abs(sum / draws - cosineForSigma(length, sigma)) < 0.005,
      `${sum / draws}`,
    );
  }
});

Deno.test("perturb() gives the same vector for the same stream and leaves the base alone", () => {
  const base = identity(20);
  const before = base.slice();
  const a = perturb(base, 0.5, new RandomStream(3, "perturb", 4, 5));
  assert.deepEqual(perturb(base, 0.5, new RandomStream(3, "perturb", 4, 5)), a);
  assert.notDeepEqual(
    perturb(base, 0.5, new RandomStream(3, "perturb", 4, 6)),
    a,
  );
  assert.deepEqual(base, before);
});

Deno.test("perturb() moves nothing when sigma is 0", () => {
  const base = identity(20);
  const same = perturb(base, 0, new RandomStream(0, "perturb"));
  assert.ok(same.every((value, i) => Math.abs(value - base[i]!) <= 1e-6));
});

Deno.test("perturb() refuses a zero vector, NaN and a negative sigma", () => {
  const stream = () => new RandomStream(0, "perturb");
  assert.throws(() => perturb(new Float32Array(4), 0.5, stream()), {
    name: "RangeError",
    message: /norm is 0/,
  });
  assert.throws(() => perturb(Float32Array.of(1, NaN), 0.5, stream()), {
    name: "RangeError",
    message: /norm is NaN/,
  });
  assert.throws(() => perturb(identity(1), -0.1, stream()), {
    name: "RangeError",
    message: /sigma is -0.1/,
  });
  assert.throws(() => perturb(identity(1), NaN, stream()), {
    name: "RangeError",
    message: /sigma is NaN/,
  });
});

Deno.test("rotateToCosine() meets the cosine exactly and keeps the norm", () => {
  for (const length of [0.5, 22, 900]) {
    const base = identity(length, 3);
    for (const target of [-1, -0.4, 0, 0.5, 0.75, 0.999, 1]) {
      const turned = rotateToCosine(
        base,
        target,
        new RandomStream(8, "perturb", 1, 2),
      );
      assert.ok(
        Math.abs(cosine(base, turned) - target) < 1e-6,
        `${target}: ${cosine(base, turned)}`,
      );
      assert.ok(Math.abs(norm(turned) / length - 1) < 1e-6);
    }
  }
});

Deno.test("rotateToCosine() turns in independent directions", () => {
  const base = identity(20);
  const turned = Array.from(
    { length: 30 },
    (_, j) => rotateToCosine(base, 0.8, new RandomStream(8, "perturb", 0, j)),
  );
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < turned.length; a++) {
    for (let b = 0; b < a; b++, pairs++) sum += cosine(turned[a]!, turned[b]!);
  }
  assert.ok(
    Math.abs(sum / pairs - 0.64) < 0.005,
    `mean cosine between images ${sum / pairs}, expected 0.8^2`,
  );
});

Deno.test("rotateToCosine() works in the plane", () => {
  const [x, y] = rotateToCosine(
    Float32Array.of(2, 0),
    0.6,
    new RandomStream(8, "perturb"),
  );
  assert.ok(Math.abs(x! - 1.2) < 1e-6 && Math.abs(Math.abs(y!) - 1.6) < 1e-6);
});

Deno.test("rotateToCosine() refuses cosines outside -1..1 and vectors without room", () => {
  const stream = () => new RandomStream(0, "perturb");
  assert.throws(() => rotateToCosine(identity(1), 1.01, stream()), {
    name: "RangeError",
    message: /cosine is 1.01/,
  });
  assert.throws(() => rotateToCosine(identity(1), NaN, stream()), {
    name: "RangeError",
    message: /cosine is NaN/,
  });
  assert.throws(() => rotateToCosine(Float32Array.of(3), 0.5, stream()), {
    name: "RangeError",
    message: /width is 1/,
  });
  assert.throws(() => rotateToCosine(new Float32Array(8), 0.5, stream()), {
    name: "RangeError",
    message: /norm is 0/,
  });
});

Deno.test("cosineForSigma() gives the values of the published settings", () => {
  const at = (length: number) => [0.2, 0.3, 0.5, 0.7].map((sigma) => Number(cosineForSigma(length, sigma).toFixed(3)));
  assert.deepEqual(at(20), [0.975, 0.947, 0.870, 0.784]);
  assert.deepEqual(at(15), [0.957, 0.911, 0.798, 0.688]);
});

Deno.test("sigmaForCosine() undoes cosineForSigma()", () => {
  for (const length of [1, 22.5]) {
    for (const sigma of [0, 0.01, 0.5, 3]) {
      assert.ok(
        Math.abs(
          sigmaForCosine(length, cosineForSigma(length, sigma)) - sigma,
        ) < 1e-6 * length,
      );
    }
  }
  assert.ok(Math.abs(sigmaForCosine(10, 0.5, 48) - 2.5) < 1e-12);
});

Deno.test("sigmaForCosine() refuses what noise cannot reach", () => {
  assert.throws(() => sigmaForCosine(20, 0), {
    name: "RangeError",
    message: /cosine is 0/,
  });
  assert.throws(() => sigmaForCosine(20, 1.1), { name: "RangeError" });
  assert.throws(() => sigmaForCosine(0, 0.5), {
    name: "RangeError",
    message: /norm 0/,
  });
  assert.throws(() => cosineForSigma(20, -1), {
    name: "RangeError",
    message: /sigma is -1/,
  });
});
