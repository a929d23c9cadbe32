import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';
import { CustodyError } from '../words/errors.ts';
import type { VerifiedAudit } from './audit-checks.ts';
import { firstLineText, lastLineText, rowText } from './audit-text.ts';
import type { AuditRow } from './rules/audit-entry.ts';

const FILE_MODE = 0o600;

/** A new file with an audit log, as `audit-text.ts` describes it; an unfinished export leaves no file. */
export class AuditExport {
  readonly #path: string;
  readonly #file: FileHandle;
  /** The first line, written before the first rows. */
  #first = '';

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws CustodyError `CUSTODY_FILE_EXISTS`. */
  static async to(path: string): Promise<AuditExport> {
    const file = await open(path, 'wx', FILE_MODE).catch((cause: unknown) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      throw new CustodyError(`${path}: it is there already`, { code: 'CUSTODY_FILE_EXISTS', path });
    });
    return new AuditExport(path, file);
  }

  begin(verified: VerifiedAudit): void {
    this.#first = `${firstLineText(verified, verified.after)}\n`;
  }

  async rows(rows: readonly AuditRow[]): Promise<void> {
    if (rows.length > 0) await this.#add(`${rows.map(rowText).join('\n')}\n`);
  }

  /** Finishes the file after the last row. @returns when the file and its name are on disk. */
  async end({ head }: VerifiedAudit): Promise<void> {
    await this.#add(`${lastLineText(head)}\n`);
    await this.#file.sync();
    await this.#file.close();
    await syncFolder(dirname(this.#path));
  }

  async drop(): Promise<void> {
    await this.#file.close();
    rmSync(this.#path, { force: true });
  }

  async #add(text: string): Promise<void> {
    // Writes where the file ends at present: Node does so for an open file.
    await this.#file.writeFile(this.#first + text);
    this.#first = '';
  }
}

/** Writes the log that `read` hands on. @throws the error of `read`; then there is no file. */
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
