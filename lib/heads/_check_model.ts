/** Checks a head model that was read from files. */

import type { HeadModel } from "./head_model.ts";

/** Checks that every index of a model points at something. */
export function checkModel(directory: string, model: HeadModel): HeadModel {
  const vertices = model.neutral.length / 3;
  const check = (what: string, values: ArrayLike<number>, limit: number) => {
    for (let i = 0; i < values.length; i++) {
      if (values[i]! >= 0 && values[i]! < limit) continue;
      throw new TypeError(
        `Cannot load the head model of "${directory}": ${what} ${i} points at ${values[i]}, expected 0..${limit - 1}`,
      );
    }
  };
  check("triangle corner", model.triangles, vertices);
  check("landmark", model.landmarks, vertices);
  check("triangle's material", model.triangleMaterial, model.materials.length);
  if (model.landmarks.length !== 68) {
    throw new TypeError(
      `Cannot load the head model of "${directory}": it has ${model.landmarks.length} landmarks, expected 68`,
    );
  }
  return model;
}
