import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { toHex } from '#libs/bytes/hex.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';

/** The progress of the record when it was last written. */
interface MirrorContent {
  readonly install: string;
  /** Newest row of the audit log that was on disk. */
  readonly sequence: bigint;
}

const FILE_MODE = 0o600;
/** Written whole, over itself: one page, so that no half of it can be found. */
const MIRROR_BYTES = 128;

const mirrorSchema = z.strictObject({
  install: z.string().regex(/^[0-9a-f]{32}$/),
  sequence: z
    .string()
    .regex(/^\d{1,19}$/)
    .transform(BigInt),
});

/**
 * A second, tiny copy of the record's progress, which may lie on another disk. A record that is behind it is an
 * older copy. The mirror is not synced: it outlives `kill -9`, and after a power cut it can only be behind.
 */
export class MirrorFile {
  readonly #descriptor: number;
  readonly #install: string;

  private constructor(descriptor: number, install: string) {
    this.#descriptor = descriptor;
    this.#install = install;
  }

  /** Makes the file, durably; whole or not at all, because half of it would be a quarantine. */
  static async create(path: string, install: Uint8Array, sequence: bigint): Promise<void> {
    await writeFileAtomic(path, contentText(toHex(install), sequence), FILE_MODE);
  }

  /** The objection to a record of `install` that ends at `sequence`, or the open mirror when there is none. */
  static open(path: string, install: Uint8Array, sequence: bigint): MirrorFile | { readonly fault: string } {
    if (!existsSync(path)) return { fault: `${path} is missing: it says how far the record had come` };
    const content = contentOf(path);
    if (content === undefined) return { fault: `${path} is damaged` };
    if (content.install !== toHex(install)) return { fault: `${path} is of another record` };
    if (content.sequence > sequence) {
      return {
        fault: `the record ends at row ${sequence}, but it had reached row ${content.sequence}: it is an older copy`,
      };
    }
    return new MirrorFile(openSync(path, constants.O_RDWR | constants.O_NOFOLLOW), content.install);
  }

  write(sequence: bigint): void {
    writeSync(this.#descriptor, contentText(this.#install, sequence), 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function contentText(install: string, sequence: bigint): string {
  const text = JSON.stringify({ install, sequence: sequence.toString() });
  return `${text.padEnd(MIRROR_BYTES - 1)}\n`;
}

function contentOf(path: string): MirrorContent | undefined {
  try {
    return mirrorSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // An unreadable mirror proves nothing.
  }
}
