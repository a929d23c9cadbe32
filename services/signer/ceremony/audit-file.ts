import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import {
  type AuditExpectations,
  brokenAudit,
  requireExpected,
  requireSigned,
  type VerifiedAudit,
} from '../record/audit-checks.ts';
import { auditFirstLine, auditLastLine, auditRowLine } from '../record/audit-text.ts';
import { type AuditEnd, type AuditRow, nextEnd } from '../record/rules/audit-entry.ts';
import { breakText } from '../record/rules/audit-verdict.ts';
import type { CustodyError } from '../words/errors.ts';

/**
 * Hashes an exported log again and verifies its signature; needs nothing but the file.
 * @throws CustodyError `CUSTODY_AUDIT_BROKEN` naming row or line.
 */
export async function verifyAuditFile(
  path: string,
  expected: AuditExpectations = {},
): Promise<VerifiedAudit> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  const reader = new AuditReader(path, expected.noted?.sequence);
  for await (const line of lines) reader.read(line);
  const verified = reader.end();
  requireExpected(path, expected, verified, reader.found);
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
  /** The first row out of its place: the wanted row is gone, unless it comes later. */
  #absent: bigint | undefined;
  /** The row that belonged there. */
  found: AuditEnd | undefined;

  constructor(path: string, wanted: bigint | undefined) {
    this.#path = path;
    this.#wanted = wanted;
  }

  read(line: string): void {
    this.#number += 1;
    if (this.#head !== undefined) throw this.#malformed('there is more after the end');
    if (this.#end === undefined) {
      this.#first = this.#parsed(auditFirstLine, line);
      this.#end = this.#first.after;
    } else if (line.startsWith('{"head"')) {
      const { audit_key: publicKey, ...head } = this.#parsed(auditLastLine, line).head;
      this.#head = { ...head, publicKey };
    } else {
      const { at_ms: atMs, ...rest } = this.#parsed(auditRowLine, line);
      this.#follow(this.#end, { ...rest, atMs });
    }
  }

  /** Called after the last line. */
  end(): VerifiedAudit {
    const [first, end, head] = [this.#first, this.#end, this.#head];
    if (this.#absent !== undefined) throw this.#broken(this.#absent, 'rows-missing');
    if (first === undefined || end === undefined) throw this.#malformed('it is empty');
    if (head === undefined) {
      throw brokenAudit(
        this.#path,
        'truncated',
        `its end is missing: it was cut off after row ${end.sequence}`,
      );
    }
    const { chain_digest: chain, public_key: publicKey, after } = first;
    const verified = { chain, publicKey, head, after };
    requireSigned(this.#path, verified, end);
    return verified;
  }

  #follow(end: AuditEnd, row: AuditRow): void {
    if (this.#absent === undefined && row.sequence > end.sequence + 1n) this.#absent = end.sequence + 1n;
    if (this.#absent !== undefined) {
      if (row.sequence === this.#absent) throw this.#broken(this.#absent, 'reordered');
      return;
    }
    const next = nextEnd(end, row);
    if ('broken' in next) throw this.#broken(next.broken, next.verdict);
    this.#end = next;
    if (row.sequence === this.#wanted) this.found = row;
  }

  #parsed<Output>(schema: z.ZodType<Output>, line: string): Output {
    try {
      return schema.parse(JSON.parse(line));
    } catch (cause) {
      throw this.#malformed('it is no line of an audit log', cause);
    }
  }

  #broken(broken: bigint, verdict: 'edited' | 'reordered' | 'rows-missing'): CustodyError {
    return brokenAudit(this.#path, verdict, breakText({ broken, verdict }));
  }

  #malformed(reason: string, cause?: unknown): CustodyError {
    return brokenAudit(this.#path, 'malformed', `line ${this.#number}: ${reason}`, cause);
  }
}
