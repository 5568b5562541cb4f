/**
 * log, exp, sine and cosine from additions, multiplications and divisions only.
 *
 * Why not `Math.log` and `Math.sin`: the language leaves their last bits to the engine, which compiles them
 * with or without fused multiply-add depending on the processor. These give the same bits everywhere, so a
 * data set can be made again bit for bit on another machine.
 *
 * Ported from FreeBSD's msun (e_log.c, e_exp.c, k_sin.c, k_cos.c), https://www.netlib.org/fdlibm/ .
 * Deviations: no special cases (arguments are checked by the callers), and sine and cosine take turns
 * instead of radians, so their argument reduction is exact.
 *
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunPro, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this software is freely granted,
 * provided that this notice is preserved.
 */

const LN2_HIGH = 6.93147180369123816490e-01;
const LN2_LOW = 1.90821492927058770002e-10;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm of a normal positive double; error below one unit in the last place. */
export function log(x: number): number {
  double[0] = x;
  const high = (words[HIGH]! + (0x3ff00000 - 0x3fe6a09e)) | 0;
  const k = (high >> 20) - 0x3ff;
  words[HIGH] = (high & 0x000fffff) + 0x3fe6a09e;
  const f = double[0]! - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w *
    (3.999999999940941908e-01 +
      w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const odd = z *
    (6.666666666666735130e-01 +
      w * (2.857142874366239149e-01 +
          w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  return s * (halfSquare + (odd + even)) + k * LN2_LOW - halfSquare + f +
    k * LN2_HIGH;
}

/** e^x for -700 < x < 700; error below one unit in the last place. */
export function exp(x: number): number {
  const k = Math.round(x * 1.44269504088896338700);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t *
      (1.66666666666666019037e-01 +
        t * (-2.77777777770155933842e-03 +
            t * (6.61375632143793436117e-05 +
                t * (-1.65339022054652515390e-06 +
                    t * 4.13813679705723846039e-08))));
  const y = 1 + ((r * c) / (2 - c) - low + high);
  double[0] = 0;
  words[HIGH] = (k + 1023) << 20;
  return y * double[0]!;
}

function kernelSin(x: number): number {
  const z = x * x;
  return x + x * z *
      (-1.66666666666666324348e-01 +
        z * (8.33333333332248946124e-03 +
            z * (-1.98412698298579493134e-04 +
                z * (2.75573137070700676789e-06 +
                    z * (-2.50507602534068634195e-08 +
                        z * 1.58969099521155010221e-10)))));
}

function kernelCos(x: number): number {
  const z = x * x;
  const r = z *
    (4.16666666666666019037e-02 +
      z * (-1.38888888888741095749e-03 +
          z * (2.48015872894767294178e-05 +
              z * (-2.75573143513906633035e-07 +
                  z * (2.08757232129817482790e-09 +
                      z * -1.13596475577881948265e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + ((1 - w - half) + z * r);
}

/** sin(2 pi t) for a turn t in [0, 1). */
export function sinTurn(t: number): number {
  const quadrant = Math.floor(4 * t + 0.5);
  const x = 2 * Math.PI * (t - quadrant / 4);
  switch (quadrant & 3) {
    case 0:
      return kernelSin(x);
    case 1:
      return kernelCos(x);
    case 2:
      return -kernelSin(x);
    default:
      return -kernelCos(x);
  }
}

/** cos(2 pi t) for a turn t in [0, 1). */
export function cosTurn(t: number): number {
  const quadrant = Math.floor(4 * t + 0.5);
  const x = 2 * Math.PI * (t - quadrant / 4);
  switch (quadrant & 3) {
    case 0:
      return kernelCos(x);
    case 1:
      return -kernelSin(x);
    case 2:
      return -kernelCos(x);
    default:
      return kernelSin(x);
  }
}
