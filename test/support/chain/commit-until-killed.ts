import { writeSync } from 'node:fs';
import { toView } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { openChainStore } from '#services/consensus/adapters/open-chain-store.ts';
import {
  blockUpon,
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
  SMALL_RULE,
} from './chain-fixture.ts';
import { saveRecord } from './save-record.ts';

/**
 * A member that does nothing but vote, lock and commit, and now and then catches up by some blocks, on the database
 * named by the first argument, until it is killed. It says each view once the record is saved, and each height once
 * the block is final.
 */
const store = openChainStore({
  path: process.argv[2] ?? '',
  genesis: GENESIS.block,
  chainDigest: CHAIN_DIGEST,
  protocol: HOTSTUFF,
  member: 'm0',
  rule: SMALL_RULE,
});

// As every member does before it saves another: those that only the old one names go with it.
store.loadRecord();

const CATCH_UP_EVERY = 7;
const CATCH_UP_BLOCKS = 3;

for (;;) {
  const { header, digest, frontier, certificate } = store.tip();
  const upon = { block: { header, digest, transactions: [] }, frontier };
  const view = Number(header.view) + 1;
  if (view % CATCH_UP_EVERY === 0) {
    const branch = branchUpon(upon, CATCH_UP_BLOCKS, view);
    const newest = branch.at(-1);
    if (newest === undefined) break;
    store.extend(branch, certificateFor(newest.block));
    writeSync(1, `height ${newest.block.header.height}\n`);
    continue;
  }
  const { block, frontier: after } = blockUpon(upon, view, [`a ${view}`, `b ${view}`]);
  store.putBlock(block, after);
  const vote = { height: block.header.height, digest: block.digest };
  const locked = certificateFor(block, 'pre-commit');
  const voted = { prepare: vote, 'pre-commit': vote, commit: vote };
  saveRecord(store, recordWith({ view: toView(BigInt(view)), voted, locked, commit: certificate }));
  writeSync(1, `view ${view}\n`);
  store.commit(certificateFor(block));
  writeSync(1, `height ${block.header.height}\n`);
  if (view % 50 === 0) store.checkpointWhenIdle();
}
