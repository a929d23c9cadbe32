import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Block } from '#libs/chain/block.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { type Digest, digestBytes, toHeight } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE, type CertificateRule } from '#libs/chain/kept-certificates.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import { openDatabase, transaction } from '#libs/sqlite/database.ts';
import { diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';
import { blobOf, textOf } from './chain-store/columns.ts';
import { CACHE_KIB, CHECKPOINT_PAGES } from './chain-store/limits.ts';
import { CHAIN_SCHEMA } from './chain-store/schema.ts';
import { type Tables, tablesOf } from './chain-store/tables.ts';
import { readTip } from './chain-store/tip.ts';
import { ChainStore } from './chain-store.ts';

export interface ChainStoreOptions {
  readonly path: string;
  readonly genesis: Block;
  /** The protocol that the chain began with. */
  readonly protocol: HostedProtocol;
  /** SHA-256 of the genesis file: a database of another chain is refused. */
  readonly chainDigest: Digest;
  /** Name of this member: the database of another is refused, because it remembers the votes of that one. */
  readonly member: string;
  /** Refuse to make a new database: this member was in use before. */
  readonly mustExist?: boolean;
  /** Which certificates are kept; left out for that of every member. */
  readonly rule?: CertificateRule;
}

const FILE_MODE = 0o600;

/**
 * Opens the chain of a member, and makes it from the genesis block when there is none.
 *
 * @throws ChainError CHAIN_STORE_CORRUPT, CHAIN_STORE_OTHER_CHAIN or CHAIN_STORE_OTHER_MEMBER, or a DatabaseError.
 */
export function openChainStore(options: ChainStoreOptions): ChainStore {
  const { path, mustExist = false, rule = CERTIFICATE_RULE } = options;
  const db = openDatabase(path, { schema: CHAIN_SCHEMA, fileMode: FILE_MODE, mustExist });
  try {
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`);
    const tables = tablesOf(db, path);
    if (tables.final.tip() === undefined && !mustExist) create(tables, options);
    checkChain(tables, options);
    checkOwner(tables, options);
    const tip = readTip(tables);
    assert(tip !== undefined, 'a chain has a tip');
    if (!tables.state.isOfSize(tip.frontier.size)) throw incomplete(path);
    return new ChainStore(tables, tip, options.protocol, rule);
  } catch (error) {
    db.close();
    throw error instanceof ChainError ? error : corrupt(path, error);
  }
}

function create(
  { db, blocks, final, certificates }: Tables,
  { genesis, protocol, chainDigest }: ChainStoreOptions,
): void {
  transaction(db, () => {
    db.prepare('INSERT INTO chain (id, chain_digest, event_cursor, ever_recorded) VALUES (1, ?, 0, 0)').run(
      digestBytes(chainDigest),
    );
    const { votes } = protocol;
    const certificate = certificates.put(genesisCertificate(votes, votes.decides, genesis.digest));
    final.insert(genesis.header.height, blocks.insert(genesis, EMPTY_FRONTIER), certificate);
  });
}

function checkChain({ db, path, blocks }: Tables, { genesis, chainDigest }: ChainStoreOptions): void {
  const row = db.prepare('SELECT chain_digest FROM chain').get();
  assert(row !== undefined, 'the row of the chain is missing');
  const isOurs = equalBytes(blobOf(row, 'chain_digest'), digestBytes(chainDigest));
  if (isOurs && blocks.blockAt(toHeight(0n))?.digest === genesis.digest) return;
  throw new ChainError(`${path} belongs to another chain: check genesis.json, or name another folder`, {
    code: 'CHAIN_STORE_OTHER_CHAIN',
    path,
  });
}

/**
 * Refuses the database of another member. The votes of a member are recorded in its own database alone: with
 * that of another it would vote again (RULES.md A.32).
 */
function checkOwner({ db, path }: Tables, { member }: ChainStoreOptions): void {
  const row = db.prepare('SELECT member FROM owner').get();
  if (row === undefined) return void db.prepare('INSERT INTO owner (id, member) VALUES (1, ?)').run(member);
  const owner = textOf(row, 'member');
  if (owner === member) return;
  throw new ChainError(
    `${path} is of the member ${owner}, not of ${member}: it does not know what ${member} voted for. Put back the ` +
      `chain.db of ${member}, or name another folder`,
    { code: 'CHAIN_STORE_OTHER_MEMBER', path },
  );
}

function incomplete(path: string): ChainError {
  return new ChainError(
    `${path} holds another state than its newest block says: it was written by an earlier version, or is damaged. Keep ` +
      'it aside, and see the recovery section of the README of this service',
    { code: 'CHAIN_STORE_CORRUPT', path },
  );
}

function corrupt(path: string, cause: unknown): Error {
  if (isOfDisk(cause)) return diskFault(path, cause);
  return new ChainError(
    `${path} is damaged: keep it aside, check the disk, and let the member fetch the chain again without voting`,
    { code: 'CHAIN_STORE_CORRUPT', path },
    { cause },
  );
}
