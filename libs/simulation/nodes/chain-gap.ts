import type { Digest } from '#libs/chain/ids.ts';

import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import type { Disk } from '../disk/disk.ts';
import { filesOf, type NodeFiles } from './node-files.ts';

/** The gap that a snapshot leaves in the chain on a disk: the blocks right above it and right below. */
export class ChainGap {
  readonly #disk: Disk<HostedRecord>;
  readonly #files: NodeFiles;

  constructor(disk: Disk<HostedRecord>) {
    this.#disk = disk;
    this.#files = filesOf(disk);
  }

  /** The block right above the gap. Undefined too where a backup from before the snapshot was put back. */
  base(): SnapshotBase | undefined {
    const { base } = this.#files;
    const disk = this.#disk;
    const height = Number(base?.block.header.height);
    return height <= disk.height && disk.chain[height - 1] === undefined ? base : undefined;
  }

  /** The highest final block below the gap. */
  below(): HeldBlock | undefined {
    const base = this.base();
    if (base === undefined) return undefined;
    const disk = this.#disk;
    let height = Number(base.block.header.height) - 1;
    while (disk.chain[height] === undefined) height -= 1;
    const digest = disk.chain[height];
    return digest && disk.blocks.get(digest);
  }

  /** A power cut undoes it. */
  setBase(base: SnapshotBase | undefined): void {
    const files = this.#files;
    const { base: before } = files;
    files.base = base;
    this.#disk.undoable(() => {
      files.base = before;
    });
  }

  isRecorded(transaction: Digest): boolean {
    const disk = this.#disk;
    if (this.below()?.transactions.has(transaction) === true) return true;
    const above = disk.chain.slice(Number(this.base()?.block.header.height ?? 0n) + 1);
    return above.some((digest) => {
      const held = disk.blocks.get(digest);
      return held?.block.transactions.some(({ hash }) => hash === transaction) === true;
    });
  }
}
