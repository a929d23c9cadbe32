import { assert } from '#libs/assert/assert.ts';
import { type Block, type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Height } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { branchToCommit, mismatch, newestOfExtension } from './branch-to-commit.ts';
import type { CertificatePruner } from './certificate-pruner.ts';
import type { ChainEnd } from './chain-end.ts';
import { FinalWriter } from './final-writer.ts';
import type { HeldBlocks } from './held-blocks.ts';
import type { KeptRecord } from './kept-record.ts';
import { STRAY_BLOCKS_MAX } from './limits.ts';
import type { Tables } from './tables.ts';
import { tipOf } from './tip.ts';
import type { UndecidedBlock } from './undecided-blocks.ts';

interface BranchWriterParts {
  readonly tables: Tables;
  readonly end: ChainEnd;
  readonly held: HeldBlocks;
  readonly record: KeptRecord;
  readonly pruner: CertificatePruner;
}

/** Takes blocks in, and makes branches of them final. */
export class BranchWriter {
  readonly #tables: Tables;
  readonly #end: ChainEnd;
  readonly #held: HeldBlocks;
  readonly #record: KeptRecord;
  readonly #final: FinalWriter;

  constructor({ tables, end, held, record, pruner }: BranchWriterParts) {
    this.#tables = tables;
    this.#end = end;
    this.#held = held;
    this.#record = record;
    this.#final = new FinalWriter(tables, end.undecided, pruner);
  }

  /**
   * Holds a block that was judged valid, with the state tree up to it, until it is decided or lost.
   *
   * @throws ChainError CHAIN_BLOCK_MISSING unless its parent is held.
   */
  putBlock(block: Block, frontier: Frontier): void {
    const { digest, header } = block;
    if (this.#held.heightOf(digest) !== undefined || this.#end.undecided.get(digest) !== undefined) return;
    if (this.#held.headerOf(header.parent) === undefined) {
      throw new ChainError('the parent of a block is not held: fetch it first', {
        code: 'CHAIN_BLOCK_MISSING',
        digest: header.parent,
      });
    }
    const { db, blocks } = this.#tables;
    const strays = this.#end.undecided.strays([...this.#record.blocks, header.parent], STRAY_BLOCKS_MAX);
    // A signature that rests on this block is recorded first, and the sync of that record syncs the block too.
    const id = unsyncedTransaction(db, () => {
      for (const stray of strays) blocks.delete(stray.id);
      return blocks.insert(block, frontier);
    });
    this.#end.undecided.remove(strays);
    this.#end.undecided.add({ id, block, frontier });
  }

  /**
   * Makes the certified block and its undecided ancestors final, in one transaction with the newest safety record. Final already:
   * nothing happens. The certificate's signatures were verified by the caller.
   *
   * @returns the blocks that became final, lowest first.
   * @throws ChainError CHAIN_FORK, CHAIN_BLOCK_MISSING, CHAIN_CERTIFICATE_MISMATCH.
   */
  commit(certificate: QuorumCertificate): readonly Block[] {
    assert(certificate.kind === 'commit', `a ${certificate.kind} certificate decides nothing`);
    const { digest, height } = certificate;
    const final = this.#held.heightOf(digest);
    if (final !== undefined && final !== height) throw mismatch(height, digest);
    if (final !== undefined) return [];
    const branch = branchToCommit(certificate, this.#end.undecided.branchTo(digest), {
      tip: this.#end.tip(),
      digestAt: (at) => headerDigest(this.#headerAt(at)),
    });
    const newest = branch.at(-1);
    assert(newest !== undefined, 'a commit makes a block final');
    const lost = this.#end.undecided.withDescendants(
      (entry) => entry.block.header.height <= height && !branch.includes(entry),
    );
    const write = this.#final.writing(certificate, lost);
    this.#record.writtenWith(() => write(branch));
    return this.#moveTo(newest, certificate, { branch, gone: [...branch, ...lost] });
  }

  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): readonly Block[] {
    const newest = newestOfExtension(certificate, branch, this.#end.tip());
    const digests = new Set(branch.map(({ block }) => block.digest));
    const lost = this.#end.undecided.withDescendants(
      ({ block }) => block.header.height <= certificate.height && !digests.has(block.digest),
    );
    const write = this.#final.writing(certificate, lost);
    // A power cut may take these back, and others give them again; the next record is synced after them.
    unsyncedTransaction(this.#tables.db, () => write(branch.map((each) => this.#final.rowOf(each))));
    const held = branch.flatMap(({ block }) => this.#end.undecided.get(block.digest) ?? []);
    return this.#moveTo(newest, certificate, { branch, gone: [...held, ...lost] });
  }

  #moveTo(
    newest: BlockWithFrontier,
    certificate: QuorumCertificate,
    {
      branch,
      gone,
    }: { readonly branch: readonly BlockWithFrontier[]; readonly gone: readonly UndecidedBlock[] },
  ): readonly Block[] {
    this.#end.moveTip(tipOf(newest.block.header, newest.frontier, certificate), gone);
    return branch.map(({ block }) => block);
  }

  #headerAt(height: Height): BlockHeader {
    const header = this.#tables.blocks.headerAt(height);
    assert(header !== undefined, `final block ${height} is missing`);
    return header;
  }
}
