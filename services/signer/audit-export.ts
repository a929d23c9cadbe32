import { once } from 'node:events';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { VerifiedAudit } from './adapters/audit-checks.ts';
import { firstLineText, lastLineText, rowText } from './adapters/audit-text.ts';
import type { AuditRow } from './core/audit-entry.ts';
import { CustodyError } from './core/errors.ts';

const FILE_MODE = 0o600;

/** A new file with an audit log, as `adapters/audit-text.ts` says; what does not come to its end leaves no file. */
export class AuditExport {
  readonly #path: string;
  readonly #file: WriteStream;

  private constructor(path: string, file: WriteStream) {
    this.#path = path;
    this.#file = file;
    // A write that fails is met by the next one, or by the end.
    file.on('error', () => {});
  }

  /** @throws CustodyError `CUSTODY_FILE_EXISTS`. */
  static async to(path: string): Promise<AuditExport> {
    const file = createWriteStream(path, { flags: 'wx', mode: FILE_MODE, flush: true });
    await once(file, 'open').catch((cause: unknown) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      throw new CustodyError(`${path}: it is there already`, { code: 'CUSTODY_FILE_EXISTS', path });
    });
    return new AuditExport(path, file);
  }

  begin(verified: VerifiedAudit): void {
    this.#file.write(`${firstLineText(verified, verified.after)}\n`);
  }

  async rows(rows: readonly AuditRow[]): Promise<void> {
    if (this.#file.errored !== null) throw this.#file.errored;
    if (rows.length === 0) return;
    const hasRoom = this.#file.write(`${rows.map(rowText).join('\n')}\n`);
    if (!hasRoom) await once(this.#file, 'drain');
  }

  /** After the last row. @returns when the file is on disk. */
  async end({ head }: VerifiedAudit): Promise<void> {
    this.#file.end(`${lastLineText(head)}\n`);
    await finished(this.#file);
  }

  async drop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#file.once('close', resolve);
    });
    this.#file.destroy();
    if (!this.#file.closed) await closed;
    rmSync(this.#path, { force: true });
  }
}

/** Writes what `read` hands on. @throws what `read` throws; then there is no file. */
export async function exported(
  path: string,
  read: (file: AuditExport) => Promise<VerifiedAudit>,
): Promise<VerifiedAudit> {
  const file = await AuditExport.to(path);
  try {
    const verified = await read(file);
    await file.end(verified);
    return verified;
  } catch (error) {
    await file.drop();
    throw error;
  }
}
