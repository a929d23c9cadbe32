import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { roundStatement } from '#libs/protocol/rounds/statements.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { CHAIN_DIGEST, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { certifiedIn, leftIn, roundBlock } from '#test/support/rounds/rounds-harness.ts';
import { openChainStore } from './open-chain-store.ts';

test('the record of a member of PBFT comes back after a restart, with the proof of its view', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rounds-record-'));
  const open = () =>
    openChainStore({
      path: join(folder, 'chain.db'),
      genesis: GENESIS.block,
      ...{ chainDigest: CHAIN_DIGEST, protocol: PBFT, member: 'm0' },
    });
  const block = roundBlock(GENESIS.block, 1);
  const prepared = certifiedIn('prepare', block);
  const place = { height: toHeight(1n), view: toView(2n) };
  const record = {
    ...{ epoch: toEpoch(0n), ...place, left: undefined, prepared, decided: undefined },
    signed: [roundStatement('prepare', place.view, { height: place.height, digest: block.digest })],
    entered: leftIn(1, prepared),
  };
  const store = open();
  saveRecord(store, PBFT.records.close(record));
  store.close();
  const again = open();
  const restored = again.loadRecord();
  again.close();
  rmSync(folder, { recursive: true });
  assert.deepEqual(restored && PBFT.records.open(restored), record);
});
