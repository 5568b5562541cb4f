/** Arrays that worker threads can see without a copy. */

/** An empty Float32Array on shared memory. */
export function sharedFloat32(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}

/** The values as a Float32Array on shared memory. */
export function shareFloat32(values: ArrayLike<number>): Float32Array {
  const out = sharedFloat32(values.length);
  out.set(values);
  return out;
}

/** The values as an Int32Array on shared memory. */
export function shareInt32(values: ArrayLike<number>): Int32Array {
  const out = new Int32Array(new SharedArrayBuffer(values.length * 4));
  out.set(values);
  return out;
}

/** The values as a Uint8Array on shared memory. */
export function shareUint8(values: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(new SharedArrayBuffer(values.length));
  out.set(values);
  return out;
}
