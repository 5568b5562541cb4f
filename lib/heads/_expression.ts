/** Expressions: a few modes of ICT-FaceKit that make a mood together. */

import type { RandomStream } from "@/random/mod.ts";
import { clamp } from "./_noise.ts";

/** Draws the weights of a common expression and of small random movements. */
export function sampleExpression(r: RandomStream): Record<string, number> {
  const out: Record<string, number> = {};
  const strength = Math.min(1, Math.abs(r.normal()) * 0.4 + 0.25);
  const both = (name: string, weight: number) => {
    const lean = 0.12 * r.normal();
    out[`${name}_L`] = clamp(
      (out[`${name}_L`] ?? 0) + weight * (1 + lean),
      0,
      1,
    );
    out[`${name}_R`] = clamp(
      (out[`${name}_R`] ?? 0) + weight * (1 - lean),
      0,
      1,
    );
  };
  const one = (name: string, weight: number) => {
    out[name] = clamp((out[name] ?? 0) + weight, 0, 1);
  };
  const mood = r.uniform();
  if (mood < 0.25) { // neutral: nothing but the small ones below
    both("mouthSmile", 0.15 * r.uniform());
  } else if (mood < 0.53) {
    both("mouthSmile", 0.85 * strength);
    both("cheekSquint", 0.5 * strength);
    both("eyeSquint", 0.3 * strength);
    if (r.uniform() < 0.5) {
      both("mouthUpperUp", 0.5 * strength);
      both("mouthLowerDown", 0.35 * strength);
      one("jawOpen", 0.16 * strength);
    }
  } else if (mood < 0.68) {
    one("jawOpen", 0.5 * strength);
    if (r.uniform() < 0.5) one("mouthFunnel", 0.5 * r.uniform());
    else both("mouthStretch", 0.4 * r.uniform());
  } else if (mood < 0.76) {
    both("browOuterUp", 0.9 * strength);
    both("browInnerUp", 0.9 * strength);
    both("eyeWide", 0.8 * strength);
    one("jawOpen", 0.45 * strength);
  } else if (mood < 0.85) {
    both("mouthFrown", 0.8 * strength);
    both("browInnerUp", 0.5 * strength);
    one("mouthShrugLower", 0.4 * strength);
  } else if (mood < 0.93) {
    both("browDown", 0.9 * strength);
    both("noseSneer", 0.5 * strength);
    both("eyeSquint", 0.4 * strength);
    both("mouthPress", 0.4 * strength);
  } else {
    one("mouthPucker", 0.8 * strength);
    if (r.uniform() < 0.4) both("cheekPuff", 0.5 * strength);
  }
  if (r.uniform() < 0.06) both("eyeBlink", r.uniformIn(0.5, 1));
  else both("eyeBlink", 0.2 * r.uniform() ** 2);
  both("browOuterUp", 0.15 * r.uniform());
  one(
    ["mouthLeft", "mouthRight", "jawLeft", "jawRight"][r.integer(4)]!,
    0.15 * r.uniform(),
  );
  return out;
}
