/**
 * Decompressing .xz (https://tukaani.org/xz/xz-file-format.txt) by xz-decompress, a WebAssembly build of XZ Embedded,
 * which checks CRC32 and CRC64 and reads streams one after another as Python's lzma does.
 */

import xz from "xz-decompress";

const { XzReadableStream } = xz as unknown as {
  XzReadableStream: new (compressed: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
};

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

/** Reads an .xz file whole; stops at `maxBytes` of output, as a small file can claim any size. */
export async function readXz(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await Deno.open(path);
  const head = new Uint8Array(6);
  const read = await file.read(head);
  if (read !== 6 || !MAGIC.every((byte, i) => head[i] === byte)) {
    file.close();
    throw new SyntaxError(`Cannot read "${path}": it is no .xz file (its magic number is missing)`);
  }
  await file.seek(0, Deno.SeekMode.Start);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of new XzReadableStream(file.readable)) {
      size += chunk.length;
      if (size > maxBytes) {
        throw new RangeError(`Cannot read "${path}": it unpacks to more than ${maxBytes} bytes`);
      }
      chunks.push(chunk.slice());
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new SyntaxError(
      `Cannot read "${path}": its compressed data is damaged or cut short, fetch it again (or it has a check other ` +
        "than CRC32 and CRC64: pack it again with xz)",
      { cause },
    );
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
