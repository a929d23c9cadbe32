import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { hostedProtocolOf } from '#libs/protocols/hosted-protocols.ts';
import type { CertificateTable } from './certificate-table.ts';
import { bigintOf, blobOf, textOf } from './columns.ts';
import { NamingShelf } from './naming-shelf.ts';

/**
 * `missing`: a record was saved once, and is gone. The member may have cast votes that it no longer knows of,
 * and must not vote (RULES.md C.7).
 */
export type RecordState = 'virgin' | 'present' | 'missing';

/** The one row of the safety record (RULES.md C.1), replaced as a whole. */
export class RecordTable {
  readonly #path: string;
  readonly #certificates: CertificateTable;
  readonly #replace: StatementSync;
  readonly #select: StatementSync;
  readonly #mark: StatementSync;
  readonly #isMarked: StatementSync;
  /** Certificates that the row names. */
  #named: ReadonlySet<Digest> = new Set();

  constructor(db: DatabaseSync, path: string, certificates: CertificateTable) {
    this.#path = path;
    this.#certificates = certificates;
    this.#replace = db.prepare(
      'INSERT OR REPLACE INTO safety_record (id, content, checksum, protocol) VALUES (1, ?, ?, ?)',
    );
    this.#select = db.prepare('SELECT content, checksum, protocol FROM safety_record');
    this.#mark = db.prepare('UPDATE chain SET ever_recorded = 1 WHERE ever_recorded = 0');
    this.#isMarked = db.prepare('SELECT ever_recorded FROM chain');
  }

  /**
   * Replaces the record, and drops the certificates that only the old one named. Durable once the surrounding
   * transaction is. A vote writes some hundred bytes, and each certificate once.
   */
  save(record: HostedRecord): void {
    const shelf = new NamingShelf(this.#certificates);
    const text = record.write(shelf);
    this.#replace.run(text, checksumOf(text, record.protocol), record.protocol);
    this.#mark.run();
    this.#certificates.forget([...this.#named].filter((digest) => !shelf.named.has(digest)));
    this.#named = shelf.named;
  }

  /**
   * @param founding - The protocol of a record that does not say its own.
   * @throws ChainError RECORD_CORRUPT: the member must not vote.
   */
  load(founding: HostedProtocol): HostedRecord | undefined {
    try {
      return this.#load(founding);
    } catch (cause) {
      throw new ChainError(
        `the safety record in ${this.#path} is damaged: this member must not vote before a person has checked the disk`,
        { code: 'RECORD_CORRUPT', path: this.#path },
        { cause },
      );
    }
  }

  /** @throws when the row does not match its checksum, or a certificate that it names is missing or damaged. */
  #load(founding: HostedProtocol): HostedRecord | undefined {
    const row = this.#select.get();
    if (row === undefined) return undefined;
    const text = textOf(row, 'content');
    const id = row['protocol'] === null ? undefined : textOf(row, 'protocol');
    assert(isSummed(blobOf(row, 'checksum'), text, id, founding), 'checksum does not match');
    const protocol = id === undefined ? founding : hostedProtocolOf(id);
    assert(protocol !== undefined, 'it is of a protocol that this version does not have');
    const shelf = new NamingShelf(this.#certificates);
    const record = protocol.readRecord(text, shelf);
    this.#named = shelf.named;
    return record;
  }

  /** Whether a record was ever saved in this database. */
  get wasEverSaved(): boolean {
    const row = this.#isMarked.get();
    return row !== undefined && bigintOf(row, 'ever_recorded') === 1n;
  }
}

/** Whether a checksum is that of a record, as this version or an older one writes it. */
function isSummed(
  checksum: Uint8Array,
  text: string,
  id: string | undefined,
  { id: founding }: HostedProtocol,
): boolean {
  if (equalBytes(checksum, checksumOf(text, id))) return true;
  // For a while records named their protocol beside the checksum, and all were of the protocol of the genesis.
  return id === founding && equalBytes(checksum, checksumOf(text, undefined));
}

/** @param protocol - Undefined for a record of before records said theirs. */
function checksumOf(text: string, protocol: string | undefined): Uint8Array {
  return sha256(Buffer.from(protocol === undefined ? text : `${protocol}\n${text}`, 'utf8'));
}
