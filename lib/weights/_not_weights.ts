/** @file What else a file might be that was taken for weights, so that the error can say so. */

const KINDS: readonly (readonly [head: string, what: string])[] = [
  [
    "version https://git-lfs",
    "it is a Git LFS pointer, not the file itself: run git lfs pull, or download it from its page",
  ],
  [
    "<!DOCTYPE",
    "it is a web page: the download gave an error or a login page, fetch it again",
  ],
  [
    "<!doctype",
    "it is a web page: the download gave an error or a login page, fetch it again",
  ],
  [
    "<html",
    "it is a web page: the download gave an error or a login page, fetch it again",
  ],
  ["\x1f\x8b", "it is compressed by gzip: unpack it first"],
  ["BZh", "it is compressed by bzip2: unpack it first"],
  ["\xfd7zXZ", "it is compressed by xz: unpack it first"],
  ["7z\xbc\xaf", "it is a 7z archive: unpack it first"],
  ["Rar!", "it is a RAR archive: unpack it first"],
  ["\x89HDF", "it is HDF5 (Keras or MATLAB): convert it to safetensors first"],
  ["\x89PNG", "it is a PNG image"],
  ["\xff\xd8\xff", "it is a JPEG image"],
  ["GGUF", "it is GGUF: convert it to safetensors first"],
  [
    "\x08",
    "it looks like an ONNX model, which is a graph with weights: open it with ONNX Runtime",
  ],
];

/** Offset of "ustar" in a tar archive, which torch wrote before 0.1.10. */
const TAR_MAGIC_OFFSET = 257;

/** Says what the file is by its first bytes (up to 512), or what was expected. */
export function nameOther(head: Uint8Array): string {
  const text = String.fromCharCode(...head.subarray(0, 512));
  if (head.length === 0) return "it is empty";
  if (text.startsWith("ustar", TAR_MAGIC_OFFSET)) {
    return "it is a tar archive, as torch wrote before version 0.1.10 or of packed files: load it in Python and save it again";
  }
  const kind = KINDS.find(([magic]) => text.startsWith(magic));
  if (kind !== undefined) return kind[1];
  const start = head.subarray(0, 8).reduce(
    (hex, b) => `${hex} ${b.toString(16).padStart(2, "0")}`,
    "",
  );
  return `it begins with the bytes${start}, which is none of PyTorch .pth, safetensors, .npy and .npz`;
}
