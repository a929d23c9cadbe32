import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

const HIDDEN = '[file]';

/**
 * A settings file as it was read or written: its bytes, which may hold the private key, and their checksum. They stay
 * in a private field and every way of printing the object hides them (P2P-66, LOG-16).
 */
export class FileImage {
  readonly #bytes: Uint8Array | undefined;
  /** SHA-256 of the bytes as 64 lower-case hex digits; empty when there is no file (P2P-37). */
  readonly checksum: string;

  private constructor(bytes: Uint8Array | undefined) {
    this.#bytes = bytes;
    this.checksum = bytes === undefined ? '' : createHash('sha256').update(bytes).digest('hex');
  }

  /** @param content - Bytes as they are, or a text; undefined when there is no file. */
  static of(content: Uint8Array | string | undefined): FileImage {
    return new FileImage(typeof content === 'string' ? Buffer.from(content) : content);
  }

  /** Undefined when there is no file. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** The text of the file as UTF-8; in a file of another encoding some bytes are replaced. */
  get text(): string | undefined {
    return this.#bytes === undefined ? undefined : Buffer.from(this.#bytes).toString();
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
