import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

const HIDDEN = '[file]';

/**
 * A settings file as it was read or written: its text, which may hold the private key, and its checksum. The text stays
 * in a private field and every way of printing the object hides it (P2P-66, LOG-16).
 */
export class FileImage {
  readonly #text: string | undefined;
  /** SHA-256 of the bytes as 64 lower-case hex digits; empty when there is no file (P2P-37). */
  readonly checksum: string;

  private constructor(text: string | undefined) {
    this.#text = text;
    this.checksum = text === undefined ? '' : createHash('sha256').update(text).digest('hex');
  }

  static of(text: string | undefined): FileImage {
    return new FileImage(text);
  }

  /** Undefined when there is no file. */
  get text(): string | undefined {
    return this.#text;
  }

  isSameAs(other: FileImage): boolean {
    return this.checksum === other.checksum;
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
