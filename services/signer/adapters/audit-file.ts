import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { type AuditEnd, type AuditRow, nextRow } from '../core/audit-entry.ts';
import { CustodyError } from '../core/errors.ts';
import {
  auditFirstLine,
  auditLastLine,
  auditRowLine,
  type NotedHead,
  requireNoted,
  type VerifiedAudit,
} from './audit-text.ts';

/**
 * Hashes an exported log again and verifies its signature; needs nothing but the file.
 * @throws CustodyError `CUSTODY_AUDIT_BROKEN` naming the line.
 */
export async function verifyAuditFile(path: string, noted?: NotedHead): Promise<VerifiedAudit> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  const reader = new AuditReader(path, noted?.sequence);
  for await (const line of lines) reader.read(line);
  const verified = reader.end();
  if (noted !== undefined) requireNoted(path, noted, reader.found);
  return verified;
}

/** Reads an exported log line by line, and hashes it again. */
class AuditReader {
  readonly #path: string;
  readonly #wanted: bigint | undefined;
  #number = 0;
  #first: z.output<typeof auditFirstLine> | undefined;
  #end: AuditEnd | undefined;
  #head: AuditHead | undefined;
  /** The row that was wanted. */
  found: AuditEnd | undefined;

  constructor(path: string, wanted: bigint | undefined) {
    this.#path = path;
    this.#wanted = wanted;
  }

  read(line: string): void {
    this.#number += 1;
    if (this.#head !== undefined) throw this.#broken('there is more after the end');
    if (this.#end === undefined) {
      this.#first = this.#parsed(auditFirstLine, line);
      this.#end = this.#first.after;
    } else if (line.startsWith('{"head"')) {
      const { audit_key: publicKey, ...head } = this.#parsed(auditLastLine, line).head;
      this.#head = { ...head, publicKey };
    } else {
      this.#end = this.#followed(this.#end, line);
    }
  }

  /** After the last line. */
  end(): VerifiedAudit {
    const [first, end, head] = [this.#first, this.#end, this.#head];
    if (first === undefined || end === undefined || head === undefined)
      throw this.#broken('its end is missing');
    const { chain_digest: chain, public_key: publicKey, after } = first;
    const isEnd = head.sequence === end.sequence && equalBytes(head.hash, end.hash);
    const isSigned = ed25519Verify(head.publicKey, headBytes({ chain, publicKey }, head), head.signature);
    if (isEnd && isSigned) return { chain, publicKey, head, after };
    throw this.#broken('the head is not of these rows, or its signature does not hold');
  }

  #followed(end: AuditEnd, line: string): AuditEnd {
    const { at_ms: atMs, ...rest } = this.#parsed(auditRowLine, line);
    const row: AuditRow = { ...rest, atMs };
    const expected = nextRow(end, row);
    if (row.sequence !== expected.sequence || !equalBytes(row.hash, expected.hash)) {
      throw this.#broken(`row ${row.sequence} does not follow from the one before`);
    }
    if (row.sequence === this.#wanted) this.found = row;
    return row;
  }

  #parsed<Output>(schema: z.ZodType<Output>, line: string): Output {
    try {
      return schema.parse(JSON.parse(line));
    } catch (cause) {
      throw this.#broken('it is no line of an audit log', cause);
    }
  }

  #broken(reason: string, cause?: unknown): CustodyError {
    const detail = { code: 'CUSTODY_AUDIT_BROKEN', path: this.#path } as const;
    return new CustodyError(`audit log ${this.#path}, line ${this.#number}: ${reason}`, detail, { cause });
  }
}
