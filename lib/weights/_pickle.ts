/**
 * @file The pickle machine: protocols 0 to 5, as data only.
 *
 * Opcodes: https://github.com/python/cpython/blob/v3.12.0/Lib/pickle.py#L106-L195. Deviations: a GLOBAL is a name and
 * never a class, REDUCE and NEWOBJ look it up in the closed table of `_pickle_globals.ts`, and the extension registry
 * (EXT1 ...) and out-of-band buffers are refused.
 */

import type { Cursor } from "./_cursor.ts";
import {
  MAX_GLOBAL_LENGTH,
  MAX_PICKLE_LONG_BYTES,
  MAX_PICKLE_MARKS,
  MAX_PICKLE_MEMO,
  MAX_PICKLE_OPCODES,
  MAX_PICKLE_STACK,
} from "./_limits.ts";
import { describe, PickleArgumentError } from "./_pickle_error.ts";
import { call, narrow } from "./_pickle_globals.ts";
import { refusal } from "./_pickle_refused.ts";
import { decodeEscapes, decodeLong, decodeUnicodeEscapes, parseFloatLine, parseIntLine } from "./_pickle_text.ts";
import { PyDict, PyGlobal, PyList, PyObject, PyTensor, PyTuple, type PyValue } from "./_pickle_values.ts";

/** Gives the value for a persistent id, which is how torch refers to storages. */
export type PersistentLoad = (id: PyValue) => PyValue;

/** What Python 2's strings (opcodes S, T, U) become: text, or bytes as by Python's `encoding="bytes"`. */
export type PickledStrings = "text" | "bytes";

/** Runs the pickle at the cursor and leaves the cursor behind its STOP. */
export function unpickle(
  cursor: Cursor,
  persistentLoad: PersistentLoad,
  strings: PickledStrings = "text",
): PyValue {
  const machine = new Unpickler(cursor, persistentLoad, strings);
  const start = cursor.position;
  try {
    return machine.run();
  } catch (cause) {
    if (!(cause instanceof PickleArgumentError)) throw cause;
    throw new SyntaxError(
      `Cannot read the pickle of "${cursor.path}": ${cause.message} (byte ${cursor.position - start} of the pickle)`,
    );
  }
}

class Unpickler {
  readonly #cursor: Cursor;
  readonly #persistentLoad: PersistentLoad;
  readonly #bytesStrings: boolean;
  readonly #stack: PyValue[] = [];
  /** Heights of the stack at the open marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PyValue>();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #work = 0;

  constructor(cursor: Cursor, persistentLoad: PersistentLoad, strings: PickledStrings) {
    this.#cursor = cursor;
    this.#persistentLoad = persistentLoad;
    this.#bytesStrings = strings === "bytes";
  }

  run(): PyValue {
    for (;;) {
      this.#spend(1);
      const opcode = this.#cursor.byte();
      if (opcode === 0x2e) return this.#pop(); // STOP .
      this.#step(opcode);
      if (this.#stack.length > MAX_PICKLE_STACK) {
        this.#tooMuch(`more than ${MAX_PICKLE_STACK} values on its stack`);
      }
    }
  }

  #step(opcode: number): void {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x80: // PROTO
        if (cursor.byte() > 5) this.#fail("its protocol is newer than 5");
        return;
      case 0x95: // FRAME: the opcodes follow as they are
        this.#length(8);
        return;

      case 0x28: // MARK (
        if (this.#marks.length >= MAX_PICKLE_MARKS) {
          this.#tooMuch(`more than ${MAX_PICKLE_MARKS} open marks`);
        }
        this.#marks.push(this.#stack.length);
        return;
      case 0x30: // POP 0: a mark counts as a value
        if (this.#stack.length === this.#marks.at(-1)) this.#marks.pop();
        else this.#pop();
        return;
      case 0x31: // POP_MARK 1
        this.#popMark();
        return;
      case 0x32: // DUP 2
        return this.#push(this.#top());

      case 0x4e: // NONE N
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x49: // INT I
        return this.#push(parseIntLine(cursor.line()));
      case 0x4c: // LONG L
        return this.#push(parseIntLine(cursor.line().replace(/L$/, "")));
      case 0x4a: // BININT J
        return this.#push(this.#view(4).getInt32(0, true));
      case 0x4b: // BININT1 K
        return this.#push(cursor.byte());
      case 0x4d: // BININT2 M
        return this.#push(this.#view(2).getUint16(0, true));
      case 0x8a: // LONG1
        return this.#push(narrow(decodeLong(cursor.take(cursor.byte()))));
      case 0x8b: { // LONG4
        const length = this.#length(4);
        if (length > MAX_PICKLE_LONG_BYTES) {
          this.#tooMuch(`an integer of ${length} bytes`);
        }
        return this.#push(narrow(decodeLong(cursor.take(length))));
      }
      case 0x46: // FLOAT F
        return this.#push(parseFloatLine(cursor.line()));
      case 0x47: // BINFLOAT G, the one big-endian number
        return this.#push(this.#view(8).getFloat64(0, false));

      case 0x53: // STRING S
        return this.#push(this.#oldString(decodeEscapes(cursor.line())));
      case 0x56: // UNICODE V
        return this.#push(decodeUnicodeEscapes(cursor.lineBytes()));
      case 0x54: // BINSTRING T
        return this.#push(this.#bytesStrings ? cursor.take(this.#length(4)) : this.#text(4));
      case 0x55: // SHORT_BINSTRING U
        return this.#push(this.#bytesStrings ? cursor.take(this.#length(1)) : this.#text(1));
      case 0x58: // BINUNICODE X
        return this.#push(this.#text(4));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#text(1));
      case 0x8d: // BINUNICODE8
        return this.#push(this.#text(8));
      case 0x42: // BINBYTES B
        return this.#push(cursor.take(this.#length(4)));
      case 0x43: // SHORT_BINBYTES C
        return this.#push(cursor.take(this.#length(1)));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#push(cursor.take(this.#length(8)));

      case 0x29: // EMPTY_TUPLE )
        return this.#push(new PyTuple([]));
      case 0x85: // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87: {
        const items = [this.#pop()];
        for (let n = opcode; n > 0x85; n--) items.unshift(this.#pop());
        return this.#push(new PyTuple(items));
      }
      case 0x74: // TUPLE t
        return this.#push(new PyTuple(this.#popMark()));
      case 0x5d: // EMPTY_LIST ]
      case 0x8f: // EMPTY_SET
        return this.#push(new PyList());
      case 0x6c: // LIST l
      case 0x91: // FROZENSET
        return this.#push(new PyList(this.#popMark()));
      case 0x61: // APPEND a
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS e
      case 0x90: // ADDITEMS
        return this.#append(this.#popMark());
      case 0x7d: // EMPTY_DICT }
        return this.#push(new PyDict());
      case 0x64: { // DICT d
        const items = this.#popMark();
        this.#push(new PyDict());
        return this.#setItems(items);
      }
      case 0x73: { // SETITEM s
        const value = this.#pop();
        return this.#setItems([this.#pop(), value]);
      }
      case 0x75: // SETITEMS u
        return this.#setItems(this.#popMark());

      case 0x70: // PUT p
        return this.#put(this.#index(cursor.line()));
      case 0x71: // BINPUT q
        return this.#put(cursor.byte());
      case 0x72: // LONG_BINPUT r
        return this.#put(this.#length(4));
      case 0x94: // MEMOIZE
        return this.#put(this.#memo.size);
      case 0x67: // GET g
        return this.#get(this.#index(cursor.line()));
      case 0x68: // BINGET h
        return this.#get(cursor.byte());
      case 0x6a: // LONG_BINGET j
        return this.#get(this.#length(4));

      case 0x63: // GLOBAL c
        return this.#push(this.#global(cursor.line(), cursor.line()));
      case 0x93: { // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== "string" || typeof module !== "string") {
          return this.#fail("a global has no name");
        }
        return this.#push(this.#global(module, name));
      }
      case 0x52: // REDUCE R
      case 0x81: { // NEWOBJ
        const args = this.#pop();
        return this.#push(this.#call(this.#pop(), args));
      }
      case 0x92: { // NEWOBJ_EX: arguments by name are not needed by anything in the table
        this.#pop();
        const args = this.#pop();
        return this.#push(this.#call(this.#pop(), args));
      }
      case 0x69: { // INST i
        const type = this.#global(cursor.line(), cursor.line());
        return this.#push(this.#call(type, new PyTuple(this.#popMark())));
      }
      case 0x6f: { // OBJ o
        const [type, ...args] = this.#popMark();
        return this.#push(this.#call(type ?? null, new PyTuple(args)));
      }
      case 0x62: // BUILD b
        return this.#build(this.#pop());

      case 0x50: // PERSID P
        return this.#push(this.#persistentLoad(cursor.line()));
      case 0x51: // BINPERSID Q
        return this.#push(this.#persistentLoad(this.#pop()));
    }
    this.#fail(
      `opcode 0x${opcode.toString(16)} is not one of a torch checkpoint`,
    );
  }

  #fail(why: string): never {
    throw new PickleArgumentError(why);
  }

  #tooMuch(what: string): never {
    throw new RangeError(
      `Cannot read the pickle of "${this.#cursor.path}": ${what}, which no checkpoint needs`,
    );
  }

  #spend(items: number): void {
    this.#work += items;
    if (this.#work > MAX_PICKLE_OPCODES) {
      this.#tooMuch(`more than ${MAX_PICKLE_OPCODES} steps`);
    }
  }

  #push(value: PyValue): void {
    this.#stack.push(value);
  }

  #pop(): PyValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #top(): PyValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      this.#fail("an opcode finds nothing on the stack");
    }
    return this.#stack.at(-1)!;
  }

  #popMark(): PyValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) {
      return this.#fail("an opcode finds no mark on the stack");
    }
    return this.#stack.splice(mark);
  }

  #view(length: number): DataView {
    const bytes = this.#cursor.take(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** An unsigned number of 1, 4 or 8 bytes; the cursor refuses lengths that are not in the file. */
  #length(size: 1 | 4 | 8): number {
    const v = this.#view(size);
    return size === 1 ? v.getUint8(0) : size === 4 ? v.getUint32(0, true) : Number(v.getBigUint64(0, true));
  }

  #text(lengthSize: 1 | 4 | 8): string {
    return this.#decoder.decode(this.#cursor.take(this.#length(lengthSize)));
  }

  #oldString(text: string): string | Uint8Array {
    return this.#bytesStrings ? Uint8Array.from(text, (c) => c.charCodeAt(0)) : text;
  }

  #index(line: string): number {
    const index = Number(line);
    if (!/^\d+$/.test(line) || !Number.isSafeInteger(index)) {
      this.#fail(`"${line.slice(0, 20)}" is no memo index`);
    }
    return index;
  }

  #put(index: number): void {
    if (this.#memo.size >= MAX_PICKLE_MEMO) {
      this.#tooMuch(`more than ${MAX_PICKLE_MEMO} memo entries`);
    }
    this.#memo.set(index, this.#top());
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.#fail(`memo entry ${index} was never put`);
    this.#push(value);
  }

  #global(module: string, name: string): PyGlobal {
    if (module.length + name.length > MAX_GLOBAL_LENGTH) {
      this.#fail("a class has a name without end");
    }
    const why = refusal(module, name);
    if (why !== null) this.#fail(why);
    return new PyGlobal(module, name);
  }

  #call(callee: PyValue, args: PyValue): PyValue {
    if (!(args instanceof PyTuple)) {
      return this.#fail(`a call has ${describe(args)} for arguments`);
    }
    if (callee instanceof PyGlobal) {
      return call(callee, args.items, (items) => this.#spend(items));
    }
    if (callee instanceof PyObject) return new PyObject(callee.type); // what an unknown function made is called
    return this.#fail(`${describe(callee)} is called`);
  }

  /** Lists take items; so do unknown objects, which forget them. */
  #append(items: PyValue[]): void {
    const list = this.#top();
    if (list instanceof PyList) {
      for (const item of items) list.items.push(item);
    } else if (!(list instanceof PyObject)) {
      this.#fail(`items are appended to ${describe(list)}`);
    }
  }

  /** Dicts take pairs; so do unknown objects, which forget them. */
  #setItems(items: PyValue[]): void {
    const dict = this.#top();
    if (items.length % 2 !== 0) this.#fail("a dict gets a key without a value");
    if (dict instanceof PyDict) {
      for (let i = 0; i < items.length; i += 2) {
        dict.map.set(items[i]!, items[i + 1]!);
      }
    } else if (!(dict instanceof PyObject)) {
      this.#fail(`items are set on ${describe(dict)}`);
    }
  }

  /** State of an object is kept; attributes of a dict or a tensor (such as `_metadata`) are not needed. */
  #build(state: PyValue): void {
    const target = this.#top();
    if (target instanceof PyObject) {
      if (target.type !== "numpy.dtype") target.state = state;
    } else if (
      !(target instanceof PyDict || target instanceof PyTensor ||
        target instanceof PyList)
    ) {
      this.#fail(`state is set on ${describe(target)}`);
    }
  }
}
