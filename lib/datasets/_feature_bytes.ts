/**
 * A feature vector as the bytes of an .npy file, the form in which training databases hold it.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

const MAGIC = "\x93NUMPY";
/** Whether this machine's floats lie as the file's do. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Writes the header of an .npy file of floats, version 1.0. */
export function npyHeader(shape: readonly number[], dtype: "float32" | "float64" = "float32"): Uint8Array {
  const text = `{'descr': '${dtype === "float64" ? "<f8" : "<f4"}', 'fortran_order': False, 'shape': (${
    shape.join(", ")
  }${shape.length === 1 ? "," : ""}), }`;
  const padded = text.padEnd(Math.ceil((11 + text.length) / 64) * 64 - 11) + "\n";
  const head = `${MAGIC}\x01\x00${String.fromCharCode(padded.length & 255, padded.length >>> 8)}${padded}`;
  return Uint8Array.from(head, (letter) => letter.charCodeAt(0));
}

/** Writes [D] float32 as an .npy file of version 1.0. */
export function featureToBytes(feature: Float32Array): Uint8Array {
  const header = npyHeader([feature.length]);
  const out = new Uint8Array(header.length + 4 * feature.length);
  out.set(header);
  const view = new DataView(out.buffer);
  feature.forEach((value, i) => view.setFloat32(header.length + 4 * i, value, true));
  return out;
}

/** Reads the values of an .npy file of float16, float32 or float64 in whatever shape; `name` is for messages. */
export function featureFromBytes(
  bytes: Uint8Array,
  name: string,
): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (reason: string) =>
    new SyntaxError(
      `Cannot read the feature of ${name}: ${reason}; expected an .npy file of floats`,
    );
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) {
      throw fail("it does not begin with the magic of .npy");
    }
  }
  if (bytes.length < 12) throw fail(`it has ${bytes.length} bytes`);
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const end = start +
    (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) {
    throw fail(`its header ends at byte ${end} of ${bytes.length}`);
  }
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const size = Number(/'descr':\s*'<f([248])'/.exec(header)?.[1]);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (!size || shape === undefined) {
    throw fail(`its header is ${header.trim()}`);
  }
  const count = shape.split(",").filter((n) => n.trim() !== "").reduce(
    (product, n) => product * Number(n),
    1,
  );
  if (bytes.length - end !== count * size) {
    throw fail(
      `${bytes.length - end} bytes follow the header, expected ${count * size}`,
    );
  }
  if (size === 4 && LITTLE_ENDIAN) {
    const feature = new Float32Array(count);
    new Uint8Array(feature.buffer).set(bytes.subarray(end));
    return feature;
  }
  return Float32Array.from({ length: count }, (_, i) => {
    const at = end + i * size;
    if (size === 4) return view.getFloat32(at, true);
    return size === 8 ? view.getFloat64(at, true) : view.getFloat16(at, true);
  });
}
