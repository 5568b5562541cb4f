/**
 * @file The Python names that no checkpoint needs and attacks do.
 *
 * They could do nothing here, where nothing is executed; a file that names one is refused so that its owner learns of it.
 */

/** Modules that give a pickle power over the machine. */
const REFUSED_MODULES: ReadonlySet<string> = new Set([
  ...[
    "os",
    "posix",
    "nt",
    "posixpath",
    "ntpath",
    "subprocess",
    "sys",
    "shutil",
    "socket",
    "pty",
    "commands",
  ],
  ...[
    "runpy",
    "importlib",
    "imp",
    "ctypes",
    "pickle",
    "_pickle",
    "marshal",
    "codeop",
    "pdb",
    "bdb",
    "timeit",
  ],
  ...[
    "cProfile",
    "profile",
    "webbrowser",
    "asyncio",
    "urllib",
    "http",
    "ftplib",
    "smtplib",
    "ssl",
    "requests",
  ],
  ...[
    "signal",
    "zipimport",
    "pkgutil",
    "operator",
    "_operator",
    "functools",
    "io",
    "_io",
    "fileinput",
    "atexit",
  ],
  ...["pydoc", "venv", "pip"],
]);

/**
 * The few names of Python's builtins that data needs; all others (eval, exec, open ...) are refused. Python 3.11 writes
 * members of an Enum through getattr.
 */
const BUILTINS: ReadonlySet<string> = new Set([
  ...[
    "dict",
    "list",
    "set",
    "frozenset",
    "tuple",
    "bytearray",
    "bytes",
    "str",
    "int",
    "float",
    "bool",
    "complex",
  ],
  ...[
    "object",
    "slice",
    "range",
    "Ellipsis",
    "NotImplemented",
    "unicode",
    "long",
    "xrange",
    "getattr",
  ],
]);

/** Harmless names in modules that are refused otherwise. */
const ALLOWED: ReadonlySet<string> = new Set(["functools.partial"]);

/** Why a name is refused wherever it appears, or null. */
export function refusal(module: string, name: string): string | null {
  const path = `${module}.${name}`;
  if (ALLOWED.has(path)) return null;
  const isBuiltin = module === "builtins" || module === "__builtin__";
  const isHarmful = isBuiltin ? !BUILTINS.has(name) : REFUSED_MODULES.has(module.split(".")[0]!) ||
    path.startsWith("torch.hub.") || path.startsWith("torch.utils.cpp_");
  return isHarmful
    ? `it names ${path}, which no checkpoint needs; it may be malicious, do not load it in Python`
    : null;
}
