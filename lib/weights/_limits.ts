/**
 * @file Every limit that the readers of foreign files hold to, with its reason.
 *
 * A file says how long its parts are before it is read; these bounds keep a wrong or hostile file from taking memory or
 * time (CWE-400, CWE-409, CWE-770). Each is far above what real model files need.
 */

/** Dimensions of a tensor: NumPy 2 allows 64; networks use up to 5. */
export const MAX_DIMENSIONS = 64;

/** Text of a .npy header, bytes: NumPy itself stops at 10,000 unless told otherwise; a plain array needs about 120. */
export const MAX_NPY_HEADER_BYTES = 65_536;

/** JSON header of a safetensors file, bytes: 100 a tensor is usual, so this holds 300,000 tensors (the format's own cap is 100 MB). */
export const MAX_SAFETENSORS_HEADER_BYTES = 32 * 1024 * 1024;

/** Tensors of one file: the huge generator has under 1,000. */
export const MAX_TENSORS = 100_000;

/** Files in a zip archive: one a storage; a checkpoint with its optimizer state has a few thousand. */
export const MAX_ZIP_ENTRIES = 200_000;

/** Central directory of a zip archive, bytes: about 100 an entry, so it admits MAX_ZIP_ENTRIES. */
export const MAX_CENTRAL_DIRECTORY_BYTES = 32 * 1024 * 1024;

/** End record (22) plus the longest comment (65,535): how far from the end of a zip the end record can begin, bytes. */
export const MAX_ZIP_END_BYTES = 22 + 65_535;

/** Output bytes for one input byte that deflate can reach (258 bytes for 2 bits): a higher declared ratio is a lie. */
export const MAX_DEFLATE_RATIO = 1032;

/** Deflated bytes read to see the header of a compressed .npy: headers are short, so the first block has them. */
export const NPY_PEEK_BYTES = 16_384;

/** Pickle program, bytes: 150 a tensor is usual, so a model with optimizer state takes under 1 MB. */
export const MAX_PICKLE_BYTES = 32 * 1024 * 1024;

/** Opcodes of one pickle: about 30 a tensor; this is some seconds of work at most. */
export const MAX_PICKLE_OPCODES = 8_000_000;

/** Entries of the pickle memo: about 10 a tensor; each costs memory here though only one byte in the file. */
export const MAX_PICKLE_MEMO = 2_000_000;

/** Values on the pickle stack: APPENDS and SETITEMS work in batches of 1,000. */
export const MAX_PICKLE_STACK = 1_000_000;

/** Marks open at once in a pickle: one a level of nesting. */
export const MAX_PICKLE_MARKS = 10_000;

/** Bytes of a pickled long integer: the largest that torch writes is its 10-byte magic; parsing is quadratic in this. */
export const MAX_PICKLE_LONG_BYTES = 256;

/** One text line of a protocol-0 opcode, bytes: module, class and parameter names. */
export const MAX_PICKLE_LINE_BYTES = 65_536;

/** Read-ahead while unpickling, bytes: one or two reads for a usual data.pkl. */
export const PICKLE_CHUNK_BYTES = 65_536;

/** Levels of dict in dict under the root, and in metadata: state dicts are flat, configurations nest a few deep. */
export const MAX_NESTING = 64;

/** Values of the metadata: enough for the parameter groups of an optimizer; more is cut and marked "...". */
export const MAX_METADATA_VALUES = 100_000;

/** Containers and values walked in search of tensors: shared sub-dicts can make a small file look endless. */
export const MAX_WALK = 1_000_000;

/** Elements of a tensor that repeats its storage (stride 0, from `expand`): such a view can be larger than the file. */
export const MAX_EXPANDED_ELEMENTS = 4_194_304;

/** Characters of the metadata's text: a long configuration has thousands; shared strings could multiply without end. */
export const MAX_METADATA_TEXT = 4_000_000;

/** Characters of a tensor's name: state dicts stay below 200. */
export const MAX_NAME_LENGTH = 4_096;

/** Storages of a legacy checkpoint: one a tensor. */
export const MAX_STORAGES = 200_000;

/** Characters of a module and a class together: they are repeated in messages and metadata. */
export const MAX_GLOBAL_LENGTH = 500;

/** Characters of a storage's key: torch numbers them, or uses addresses. */
export const MAX_STORAGE_KEY_LENGTH = 100;
