import type { Digest } from '#libs/chain/ids.ts';
import { type CustodyState, virginState } from '#libs/custody/custody-state.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import { ReplacedFile } from './replaced-file.ts';
import { SafetyLog } from './safety-log.ts';

/** The error of a full disk: the store cannot promise anything. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

/** A backup of a whole machine. */
export interface DiskImage<Record> {
  readonly record: Record | undefined;
  readonly custody: CustodyState;
  readonly height: number;
  readonly tip: QuorumCertificate;
}

/** The files in which a bit can flip. */
export const FILES = ['record', 'register', 'chain'] as const;

/**
 * The state that one instance of a member keeps over a crash: safety record, blocks and chain in one log, and the
 * signer's register in a file of its own. In the log a record is synced, and a commit with the record that waits, and with each all
 * earlier writes, as in `services/consensus`. A power cut takes the unsynced writes of each of the two, independently of the other.
 */
export class Disk<Record> {
  readonly register: ReplacedFile<CustodyState>;
  /** Bodies whose ancestors are held too. A vote promises the body, so it is written before the vote. */
  readonly blocks = new Map<Digest, HeldBlock>();
  /** Digest of each final block by height, from genesis. */
  readonly chain: Digest[];
  tip: QuorumCertificate;
  /** Commit certificates by height, of the final blocks that have one of their own, genesis among them. */
  readonly proofs = new Map<number, QuorumCertificate>();
  isFull = false;
  readonly #log = new SafetyLog<Record>();
  #isChainSpoilt = false;
  /** Undoes each write that was not synced, in order. */
  #unsynced: (() => void)[] = [];

  constructor(genesis: HeldBlock, scope: SigningScope, table: VoteTable) {
    const { digest } = genesis.block;
    this.register = new ReplacedFile(virginState(scope));
    this.blocks.set(digest, genesis);
    this.chain = [digest];
    this.tip = genesisCertificate(table, table.decides, digest);
    this.proofs.set(0, this.tip);
  }

  /** The newest record, as a process reads it. */
  get record(): Record | undefined {
    return this.#log.newest;
  }

  /** The newest record that a power cut cannot take. */
  get durable(): Record | undefined {
    return this.#log.durable;
  }

  /** The newest final block. */
  get top(): HeldBlock | undefined {
    const digest = this.chain.at(-1);
    return digest === undefined ? undefined : this.blocks.get(digest);
  }

  get height(): number {
    return this.chain.length - 1;
  }

  /** Durable once it is synced. @throws DiskFullError */
  append(record: Record): void {
    if (this.isFull) throw new DiskFullError('no space left on the disk');
    this.#log.append(record);
  }

  sync(): void {
    this.#log.sync();
    this.#unsynced = [];
  }

  put(held: HeldBlock): void {
    const { digest } = held.block;
    if (this.blocks.has(digest)) return;
    this.blocks.set(digest, held);
    this.#unsynced.push(() => this.blocks.delete(digest));
  }

  /** Adds final blocks, of which `certificate` decided the last. */
  extend(certificate: QuorumCertificate, digests: readonly Digest[]): void {
    const { tip, height } = this;
    this.undoable(() => this.#moveTo(height, tip));
    this.tip = certificate;
    this.chain.push(...digests);
    this.proofs.set(this.height, certificate);
  }

  /** Puts a block far above the tip, with nothing below it: a snapshot. */
  jump(certificate: QuorumCertificate, held: HeldBlock): void {
    const { tip, height } = this;
    this.undoable(() => this.#moveTo(height, tip));
    this.put(held);
    this.chain.length = Number(certificate.height);
    this.chain.push(certificate.digest);
    this.tip = certificate;
    this.proofs.set(this.height, certificate);
  }

  /** Adds a final block below a snapshot. */
  fill(held: HeldBlock, certificate: QuorumCertificate | undefined): void {
    const height = Number(held.block.header.height);
    this.put(held);
    this.chain[height] = held.block.digest;
    if (certificate !== undefined) this.proofs.set(height, certificate);
    this.undoable(() => {
      delete this.chain[height];
    });
  }

  /** Writes as one, without a sync: a power cut takes all of it or nothing, as of a transaction of the store. */
  atomically(write: () => void): void {
    const before = this.#unsynced;
    this.#unsynced = [];
    write();
    const undos = this.#unsynced.reverse();
    this.#unsynced = before;
    this.undoable(() => {
      for (const undo of undos) undo();
    });
  }

  /** Notes how a power cut before the next sync undoes the last write. */
  undoable(undo: () => void): void {
    this.#unsynced.push(undo);
  }

  #moveTo(height: number, tip: QuorumCertificate): void {
    this.tip = tip;
    this.chain.length = height + 1;
    // It may have been dropped above, as old: here it is the newest.
    this.proofs.set(height, tip);
    for (const above of this.proofs.keys()) if (above > height) this.proofs.delete(above);
  }

  /** The process ended inside of a write. */
  tear(): void {
    this.#log.tear();
  }

  /** A bit of a file flips. */
  decay(file: (typeof FILES)[number]): void {
    if (file === 'record') this.#log.decay();
    else if (file === 'register') this.register.decay();
    else this.#isChainSpoilt = true;
  }

  /** Undoes a part of the unsynced writes, newest first. */
  losePower(random: Prng): void {
    this.register.losePower(random);
    this.#log.losePower(random);
    const kept = random.int(0, this.#unsynced.length);
    for (const undo of this.#unsynced.slice(kept).reverse()) undo();
    this.#unsynced = [];
  }

  /** Reads everything after a crash; false when durable data are not as they were written. */
  isSound(): boolean {
    return !this.#isChainSpoilt && this.register.isSound && this.#log.recover().kind === 'good';
  }

  image(): DiskImage<Record> {
    const { record, register, height, tip } = this;
    return { record, custody: register.value, height, tip };
  }

  /** Puts the whole machine back to an old backup, the signer's register included. */
  restore({ record, custody, height, tip }: DiskImage<Record>): void {
    this.#log.restore(record);
    this.register.restore(custody);
    this.#moveTo(height, tip);
    this.#unsynced = [];
  }
}
