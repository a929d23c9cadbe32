// `npm run bench:chain-size`: how large chain.db is with all certificates and with those that members keep.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CERTIFICATE_RULE, type CertificateRule } from '#libs/chain/kept-certificates.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';
import { openChainStore } from '#services/consensus/adapters/open-chain-store.ts';
import { blockUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';

const HELP = `usage: npm run bench:chain-size -- [--blocks N]

Makes a chain of N blocks (default: 1000) of one transaction, each with a certificate of four members (three signatures
of slh-dsa-sha2-128f), as commits do. Prints the bytes of chain.db: with all certificates, with those that are kept,
and of the first once it was brought to the rule, and after N blocks more.`;

await runScript('bench:chain-size', () => {
  const { blocks, help } = scriptOptions({
    blocks: { type: 'string', default: '1000' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (help) process.stdout.write(`${HELP}\n`);
  else measure(wholeNumber('blocks', blocks));
  return 0;
});

function opened(folder: string, name: string, rule: CertificateRule): ChainStore {
  const path = join(folder, name);
  return openChainStore({
    ...{ path, rule, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, protocol: HOTSTUFF, member: 'm0' },
  });
}

function grow(store: ChainStore, blocks: number): void {
  for (let each = 0; each < blocks; each++) {
    const { header, digest, frontier } = store.tip();
    const upon = { block: { header, digest, transactions: [] }, frontier };
    const next = blockUpon(upon, Number(header.view) + 1, [`transaction ${header.height}`]);
    store.putBlock(next.block, next.frontier);
    store.commit(certificateFor(next.block));
  }
}

/** Bytes of the file of a closed store, and of those that are free for what comes. */
function sizes(folder: string, name: string) {
  const path = join(folder, name);
  const db = new DatabaseSync(path);
  const count = (pragma: string) => Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const free = count('freelist_count') * count('page_size');
  db.close();
  return { bytes: statSync(path).size, free };
}

function measure(blocks: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'chain-size-'));
  const within = (name: string, rule: CertificateRule, work: (store: ChainStore) => void) => {
    const store = opened(folder, name, rule);
    work(store);
    store.close();
    return sizes(folder, name);
  };
  try {
    const everything: CertificateRule = { newest: blocks + 1, every: 1 };
    const all = within('all.db', everything, (store) => grow(store, blocks));
    const kept = within('kept.db', CERTIFICATE_RULE, (store) => grow(store, blocks));
    const brought = within('all.db', CERTIFICATE_RULE, (store) => {
      for (let step = 0; step < blocks; step++) store.checkpointWhenIdle();
    });
    const grown = within('all.db', CERTIFICATE_RULE, (store) => grow(store, blocks));
    process.stdout.write(`${JSON.stringify({ blocks, all, kept, brought, grown }, undefined, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
