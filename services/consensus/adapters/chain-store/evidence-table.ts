import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import type { Block } from '#libs/chain/block.ts';
import { type Digest, digestBytes, type Height, toHeight } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { EvidenceStore, ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import { EVIDENCE_PER_MEMBER_MAX, EVIDENCE_PER_VIEW_MAX } from '#libs/engine/ports/evidence-ports.ts';
import { type Evidence, viewOf } from '#libs/protocol/evidence.ts';
import { decodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { transaction } from '#libs/sqlite/database.ts';
import type { EvidenceQuery, EvidenceReader, KeptEvidence } from '../../core/ports.ts';
import { bigintOf, blobOf, type Row } from './columns.ts';

/** The epoch stands in the canonical encoding behind tag and chain, 18 and 32 bytes. */
const EPOCH = 'substr(content, 51, 8)';
const ALL = 'SELECT id, content, height, found_ms FROM evidence';

/** Evidence for ever, once for each contradiction. Durable when a call returns. */
export class EvidenceTable implements EvidenceStore, EvidenceReader {
  readonly #db: DatabaseSync;
  readonly #nowMs: () => number;
  readonly #exists: StatementSync;
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #countOfMember: StatementSync;
  readonly #countOfView: StatementSync;
  readonly #pending: StatementSync;
  readonly #list: StatementSync;

  constructor(db: DatabaseSync, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
    this.#exists = db.prepare('SELECT 1 FROM evidence WHERE digest = ?');
    this.#insert = db.prepare(
      'INSERT INTO evidence (digest, member, kind, view, content, found_ms, height) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#settle = db.prepare('UPDATE evidence SET height = ? WHERE digest = ? AND height IS NULL');
    this.#countOfMember = db.prepare(
      `SELECT count(*) AS count FROM evidence WHERE member = ? AND ${EPOCH} = ?`,
    );
    this.#countOfView = db.prepare('SELECT count(*) AS count FROM evidence WHERE member = ? AND view = ?');
    this.#pending = db.prepare(`${ALL} WHERE height IS NULL ORDER BY id LIMIT ?`);
    this.#list = db.prepare(
      `${ALL} WHERE id > ?1 AND (?2 IS NULL OR member = ?2) AND (?3 IS NULL OR kind = ?3) ORDER BY id LIMIT ?4`,
    );
    for (const statement of [this.#pending, this.#list]) statement.setReadBigInts(true);
  }

  has(digest: Digest): boolean {
    return this.#exists.get(digestBytes(digest)) !== undefined;
  }

  put(proved: ProvedEvidence): 'stored' | 'known' | 'full' {
    if (this.has(proved.digest)) return 'known';
    if (this.#hasEnough(proved)) return 'full';
    transaction(this.#db, () => this.#add(proved, undefined));
    return 'stored';
  }

  pending(countMax: number): readonly ProvedEvidence[] {
    return this.#pending.all(countMax).map((row) => provedFrom(blobOf(row, 'content')));
  }

  list({ after, countMax, member, kind }: EvidenceQuery): readonly KeptEvidence[] {
    return this.#list.all(after, member ?? null, kind ?? null, countMax).map(keptFrom);
  }

  /**
   * Within the transaction that makes a block final: the evidence in it stands in the chain from now on. Members
   * verified it before they voted for the block, so it is kept even when this member never saw it before. The bounds
   * hold here too (BYZ-28): members may have kept different ten of one view, and blocks then hold more than ten.
   */
  settle({ header, transactions }: Block): void {
    for (const { bytes: content } of transactions.filter((each) => isFor('evidence', each))) {
      const decoded = decodeEvidence(content);
      if (!decoded.ok) continue;
      const proved = provedFrom(content);
      const { changes } = this.#settle.run(header.height, digestBytes(proved.digest));
      const isNew = Number(changes) === 0 && !this.has(proved.digest);
      if (isNew && !this.#hasEnough(proved)) this.#add(proved, header.height);
    }
  }

  #hasEnough(proved: ProvedEvidence): boolean {
    const { member } = proved.evidence.first;
    const inAll = countIn(this.#countOfMember.get(member, epochBytes(proved.evidence)));
    const ofView = countIn(this.#countOfView.get(member, viewBytes(proved)));
    return inAll >= EVIDENCE_PER_MEMBER_MAX || ofView >= EVIDENCE_PER_VIEW_MAX;
  }

  #add(proved: ProvedEvidence, height: Height | undefined): void {
    const { digest, content, evidence } = proved;
    this.#insert.run(
      digestBytes(digest),
      evidence.first.member,
      evidence.kind,
      viewBytes(proved),
      content,
      this.#nowMs(),
      height ?? null,
    );
  }
}

/** An index names another member in another epoch. */
function epochBytes({ epoch }: Evidence): Uint8Array {
  return new Encoder().u64(epoch).finish();
}

/**
 * The view as bytes, because INTEGER does not hold all of u64, and a liar who signs two statements chooses their
 * view.
 */
function viewBytes({ evidence }: ProvedEvidence): Uint8Array {
  return new Encoder().u64(viewOf(evidence)).finish();
}

function countIn(row: Row | undefined): number {
  return row === undefined ? 0 : Number(bigintOf(row, 'count'));
}

function provedFrom(content: Uint8Array): ProvedEvidence {
  const decoded = decodeEvidence(content);
  assert(decoded.ok, 'stored evidence is damaged');
  const { evidence, chain } = decoded;
  return { evidence, digest: evidenceDigest(evidence, chain), content };
}

function keptFrom(row: Row): KeptEvidence {
  return {
    ...provedFrom(blobOf(row, 'content')),
    id: bigintOf(row, 'id'),
    height: row['height'] === null ? undefined : toHeight(bigintOf(row, 'height')),
    foundMs: bigintOf(row, 'found_ms'),
  };
}
