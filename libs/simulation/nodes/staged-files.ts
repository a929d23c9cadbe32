import { assert } from '#libs/assert/assert.ts';
import type { StagedSnapshot } from '#libs/engine/ports/snapshot-ports.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Disk } from '../disk/disk.ts';
import { filesOf, type NodeFiles } from './node-files.ts';

/** The snapshot that a node is taking, on its disk: the outline and the chunks that came. */
export class StagedFiles {
  readonly #disk: Disk<HostedRecord>;
  readonly #files: NodeFiles;

  constructor(disk: Disk<HostedRecord>) {
    this.#disk = disk;
    this.#files = filesOf(disk);
  }

  get value(): StagedSnapshot | undefined {
    return this.#files.staged;
  }

  taken(): StagedSnapshot {
    assert(this.#files.staged !== undefined, 'no snapshot is being taken');
    return this.#files.staged;
  }

  missing(): readonly number[] {
    return this.taken().outline.roots.flatMap((_, number) =>
      this.#files.chunks.has(number) ? [] : [number],
    );
  }

  put(number: number, hashes: Uint8Array): void {
    this.#files.chunks.set(number, hashes);
  }

  /** All chunks, in order. */
  chunks(): readonly Uint8Array[] {
    return this.taken().outline.roots.map((_, number) => {
      const chunk = this.#files.chunks.get(number);
      assert(chunk !== undefined, 'a snapshot is installed once it is whole');
      return chunk;
    });
  }

  /** Begins with another snapshot, or with none; a power cut undoes it. */
  set(staged: StagedSnapshot | undefined): void {
    const files = this.#files;
    const { staged: before } = files;
    const chunks = [...files.chunks];
    files.staged = staged;
    files.chunks.clear();
    this.#disk.undoable(() => {
      files.staged = before;
      for (const [number, chunk] of chunks) files.chunks.set(number, chunk);
    });
  }
}
