import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '#libs/assert/assert.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { sectionRoot } from '#libs/chain/state-sections.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import type { Application } from '#libs/engine/application/application.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import { readBook } from '#libs/engine/node.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { syncFolder } from '#libs/files/atomic-file.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import { hostedProtocolOf } from '#libs/protocols/hosted-protocols.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { foundingOf } from '#libs/settings/genesis-membership.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import { needRoom } from '#libs/sqlite/disk-room.ts';
import type { EvidenceTable } from './chain-store/evidence-table.ts';
import type { HistoryStore } from './chain-store/history-store.ts';
import { CHAIN_ROOM_BYTES_MIN } from './chain-store/limits.ts';
import type { SnapshotStore } from './chain-store/snapshot-store.ts';
import type { ChainStore } from './chain-store.ts';
import { measuredStore } from './measured-store.ts';
import { openChainStore } from './open-chain-store.ts';
import { heldStore, readStore, type StoreFate, soundStore } from './sound-store.ts';
import type { WorkMetrics } from './work-metrics.ts';

const FOLDER_MODE = 0o700;

/** The chain that this member belongs to. */
export interface LoadedChain {
  readonly genesis: Genesis;
  readonly chainDigest: Digest;
  /** The protocol that the chain began with. */
  readonly protocol: HostedProtocol;
  readonly store: ChainStore;
  /** Executes the final blocks of this chain. */
  readonly application: Application;
  readonly snapshots: SnapshotStore;
  readonly evidence: EvidenceTable;
  readonly history: HistoryStore;
  /** The same for readers: damage that they meet halts nobody. */
  readonly read: { readonly chain: ChainStore; readonly evidence: EvidenceTable };
  /** The same for other members, who get nothing then. */
  readonly served: { readonly chain: ChainStore; readonly snapshots: SnapshotStore };
  /** The members that decide, over all changes so far. */
  readonly book: MembershipBook;
  /** Name of this node's member, which may not belong to the federation yet, or any more. */
  readonly name: string;
}

/** The listeners that are told of the store's fate. */
export interface ChainFate extends StoreFate {
  /** Told of each durable write. */
  readonly synced: WorkMetrics['synced'];
}

export interface ChainFiles extends ChainFate {
  /** A reader met damage: nothing here stands on it. */
  readonly onUnreadable: (reason: string) => void;
  readonly genesisPath: string;
  readonly folder: string;
  /** Name of this member. */
  readonly member: string;
}

/** @throws AppError naming the file and the remedy. */
export async function loadChain({
  genesisPath,
  folder,
  member,
  onUnreadable,
  synced,
  ...fate
}: ChainFiles): Promise<LoadedChain> {
  const genesis = parseGenesis(readText(genesisPath));
  const chainDigest = genesisDigest(genesis);
  const first = genesisBlock(genesis);
  const protocol = hostedProtocolOf(genesis.protocol);
  assert(protocol !== undefined, 'a genesis names a protocol of this version');
  const path = join(folder, 'chain.db');
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  needRoom(folder, CHAIN_ROOM_BYTES_MIN);
  const opened = openChainStore({ path, genesis: first, protocol, chainDigest, member });
  // A log that is gone after a power cut would be a safety record that was set back.
  await syncFolder(folder);
  const store = measuredStore(soundStore(opened, path, fate), synced);
  // A file that cannot be read here ends the start: without the members there is nothing that this one could say.
  const book = readBook(
    foundingOf(genesis, first.digest),
    store,
    opened.membershipBlocks(),
    opened.gapBase(),
  );
  opened.history.learnOthers((height) => book.sectionsAt(height)?.map(sectionRoot));
  const application = new AppendOnlyLog(store);
  const snapshots = soundStore(opened.snapshots, path, fate);
  const evidence = soundStore(opened.evidence, path, fate);
  const history = soundStore(opened.history, path, fate);
  const read = {
    chain: readStore(opened, path, onUnreadable),
    evidence: readStore(opened.evidence, path, onUnreadable),
  };
  const served = {
    chain: heldStore(opened, path, onUnreadable),
    snapshots: heldStore(opened.snapshots, path, onUnreadable),
  };
  return {
    ...{ genesis, chainDigest, store, application, snapshots, evidence, history, read, served, book },
    ...{ name: member, protocol },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'CONSENSUS_GENESIS_UNREADABLE',
    });
  }
}
