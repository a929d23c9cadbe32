import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import type { Block } from '#libs/chain/block.ts';
import {
  type Digest,
  digestBytes,
  type Epoch,
  type Height,
  type MemberIndex,
  toHeight,
  toMemberIndex,
} from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { EvidenceStore, ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import { EVIDENCE_PER_MEMBER_MAX, EVIDENCE_PER_POSITION_MAX } from '#libs/engine/ports/evidence-ports.ts';
import { type Evidence, positionOf } from '#libs/protocol/evidence.ts';
import { decodeEvidence, type EvidenceTables, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import { transaction } from '#libs/sqlite/database.ts';
import type { EvidenceQuery, EvidenceReader, KeptEvidence } from '../../core/ports.ts';
import { bigintOf, blobOf, type Row } from './columns.ts';

const ALL = 'SELECT id, content, height, found_ms FROM evidence';

/** Evidence for ever, once for each contradiction. Durable when a call returns. */
export class EvidenceTable implements EvidenceStore, EvidenceReader {
  readonly #db: DatabaseSync;
  readonly #nowMs: () => number;
  readonly #tableOf: EvidenceTables;
  readonly #exists: StatementSync;
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #countOfMember: StatementSync;
  readonly #countOfPosition: StatementSync;
  readonly #pending: StatementSync;
  readonly #list: StatementSync;
  readonly #accused: StatementSync;

  /** @param tableOf - The protocols whose evidence is kept here. */
  constructor(db: DatabaseSync, nowMs: () => number, tableOf: EvidenceTables = voteTableOf) {
    this.#db = db;
    this.#nowMs = nowMs;
    this.#tableOf = tableOf;
    this.#exists = db.prepare('SELECT 1 FROM evidence WHERE digest = ?');
    this.#insert = db.prepare(
      `INSERT INTO evidence (digest, member, kind, epoch, instance, view, content, found_ms, height)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#settle = db.prepare('UPDATE evidence SET height = ? WHERE digest = ? AND height IS NULL');
    const count = 'SELECT count(*) AS count FROM evidence WHERE member = ? AND epoch = ?';
    this.#countOfMember = db.prepare(count);
    this.#countOfPosition = db.prepare(`${count} AND instance = ? AND view = ?`);
    this.#pending = db.prepare(`${ALL} WHERE height IS NULL ORDER BY id LIMIT ?`);
    this.#list = db.prepare(
      `${ALL} WHERE id > ?1 AND (?2 IS NULL OR member = ?2) AND (?3 IS NULL OR kind = ?3) ORDER BY id LIMIT ?4`,
    );
    this.#accused = db.prepare('SELECT DISTINCT member FROM evidence WHERE epoch = ? ORDER BY member');
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
    return this.#pending.all(countMax).map((row) => this.#provedFrom(blobOf(row, 'content')));
  }

  list({ after, countMax, member, kind }: EvidenceQuery): readonly KeptEvidence[] {
    return this.#list.all(after, member ?? null, kind ?? null, countMax).map((row) => this.#keptFrom(row));
  }

  /** The members that evidence of an epoch names, by their place in it. */
  accused(epoch: Epoch): readonly MemberIndex[] {
    return this.#accused.all(bytesOf(epoch)).map((row) => toMemberIndex(Number(row['member'])));
  }

  /**
   * Within the transaction that makes a block final: the evidence in it stands in the chain from now on. Members
   * verified it before they voted for the block, so it is kept even when this member never saw it before. The bounds
   * hold here too (BYZ-28): members may have kept different ten of one position, and blocks then hold more than ten.
   */
  settle({ header, transactions }: Block): void {
    for (const { bytes: content } of transactions.filter((each) => isFor('evidence', each))) {
      if (!decodeEvidence(content, this.#tableOf).ok) continue;
      const proved = this.#provedFrom(content);
      const { changes } = this.#settle.run(header.height, digestBytes(proved.digest));
      const isNew = Number(changes) === 0 && !this.has(proved.digest);
      if (isNew && !this.#hasEnough(proved)) this.#add(proved, header.height);
    }
  }

  #hasEnough({ evidence }: ProvedEvidence): boolean {
    const { member } = evidence.first;
    const { epoch, instance, view } = placeBytes(evidence);
    const inAll = countIn(this.#countOfMember.get(member, epoch));
    const ofPosition = countIn(this.#countOfPosition.get(member, epoch, instance, view));
    return inAll >= EVIDENCE_PER_MEMBER_MAX || ofPosition >= EVIDENCE_PER_POSITION_MAX;
  }

  #add({ digest, content, evidence }: ProvedEvidence, height: Height | undefined): void {
    const { kind, first } = evidence;
    const { epoch, instance, view } = placeBytes(evidence);
    const named = [digestBytes(digest), first.member, kind] as const;
    this.#insert.run(...named, epoch, instance, view, content, this.#nowMs(), height ?? null);
  }

  #provedFrom(content: Uint8Array): ProvedEvidence {
    const decoded = decodeEvidence(content, this.#tableOf);
    assert(decoded.ok, 'stored evidence is damaged, or of a protocol that this version does not know');
    const { evidence, chain } = decoded;
    return { evidence, digest: evidenceDigest(evidence, chain), content };
  }

  #keptFrom(row: Row): KeptEvidence {
    return {
      ...this.#provedFrom(blobOf(row, 'content')),
      id: bigintOf(row, 'id'),
      height: row['height'] === null ? undefined : toHeight(bigintOf(row, 'height')),
      foundMs: bigintOf(row, 'found_ms'),
    };
  }
}

/**
 * The place of evidence: an index names another member in another epoch, and a view another one in another instance. As
 * bytes, because INTEGER does not hold all of u64, and a liar who signs two statements chooses their position.
 */
function placeBytes(evidence: Evidence): Readonly<Record<'epoch' | 'instance' | 'view', Uint8Array>> {
  const { instance, view } = positionOf(evidence);
  return { epoch: bytesOf(evidence.epoch), instance: bytesOf(instance), view: bytesOf(view) };
}

function bytesOf(number: bigint): Uint8Array {
  return new Encoder().u64(number).finish();
}

function countIn(row: Row | undefined): number {
  return row === undefined ? 0 : Number(bigintOf(row, 'count'));
}
