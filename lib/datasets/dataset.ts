/**
 * What every form of data set has in common, whether it is a folder of files or one database.
 */

/** One image of a data set, as its file's bytes. */
export interface DatasetItem {
  /** Class (identity), an integer in 0..2147483647. */
  readonly label: number;
  /** The image file, usually JPEG; never decoded or encoded again on the way. */
  readonly bytes: Uint8Array;
  /** Feature vector [D] of the image, where the form has a place for one. */
  readonly feature?: Float32Array;
}

/** An item to be written, with its place in its class. */
export interface DatasetRecord extends DatasetItem {
  /** Number of the image within its class, an integer of at least 0. */
  readonly image: number;
}

/** Takes items, in any order and again after an interruption. */
export interface DatasetWriter extends AsyncDisposable {
  /**
   * Stores an item; one that is there already is replaced.
   *
   * @param record The item. Its feature is left out where the form has no place for it.
   * @throws {TypeError} When the data set is closed, or a part of the record is missing or of the wrong type.
   * @throws {RangeError} When label or image number are outside their range.
   */
  write(record: DatasetRecord): Promise<void>;

  /**
   * Whether an item is stored whole, so that it need not be made again.
   *
   * @param label Class of the item.
   * @param image Number of the image within its class.
   * @returns True when it is there.
   */
  has(label: number, image: number): Promise<boolean>;

  /** Stores what is still in memory and closes the data set; closing twice does nothing. */
  close(): Promise<void>;
}

/** Something that a data set does without, and why. */
export interface LeftOut {
  /** Path, key or number. */
  readonly name: string;
  /** Why, in a few words. */
  readonly reason: string;
}

/** Gives the items of a data set by their number. */
export interface DatasetReader extends AsyncDisposable, AsyncIterable<DatasetItem> {
  /** How many items there are. */
  readonly length: number;

  /** Class of each item, Int32Array [length]. */
  readonly labels: Int32Array;

  /** Width of a classifier for it: the largest label plus one, or what a database states. */
  readonly classes: number;

  /**
   * Names a class.
   *
   * @param label Its label.
   * @returns The name of its folder where it has one, else the label in decimal.
   */
  className(label: number): string;

  /**
   * Names an item, for messages and lists: below the data set's place, so that it stays when that is moved.
   *
   * @param index Which one, 0..length-1.
   * @returns Its path, key or number.
   * @throws {RangeError} When `index` is outside its range.
   */
  itemName(index: number): string;

  /**
   * Reads one item.
   *
   * @param index Which one, 0..length-1.
   * @returns The item.
   * @throws {RangeError} When `index` is outside its range.
   * @throws {SyntaxError} When the stored record cannot be read.
   */
  get(index: number): Promise<DatasetItem>;

  /** Closes the data set; closing twice does nothing. */
  close(): Promise<void>;
}
