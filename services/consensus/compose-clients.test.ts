import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { liarWatchOf, readinessOf } from './compose-clients.ts';

test('F-41 readiness of consensus names the gateway, and each condition of the member as it is now', () => {
  const member = memoryMember();
  const gateway = { isAttached: true };
  const fault = () => (gateway.isAttached ? '' : 'away');
  const checks = readinessOf({ status: () => member.status }, { name: 'gateway', fault });
  const faults = () => checks.flatMap(({ name, fault }) => (fault() === '' ? [] : [name]));
  assert.deepEqual(faults(), []);
  gateway.isAttached = false;
  const quorum = { ...member.status.quorum, reachable: 1, reachableWeight: 1n };
  member.status = { ...member.status, signerFault: 'the key is locked', quorum };
  assert.deepEqual(faults(), ['gateway', 'signer', 'quorum']);
});

/** A block of the height after the genesis with this one transaction. */
function blockWith(bytes: Uint8Array): Block {
  const { header } = genesisBlock({ genesisTimeMs: 0n });
  return sealBlock({ ...header, transactionCount: 1 }, [transactionOf(bytes)]);
}

test('TW-2.8.7 evidence in a final block stops a member that never saw the lies, and no other block costs a look', () => {
  const [final, halts] = [new FinalChannel(), [] as string[]];
  let [accused, asked]: [readonly MemberIndex[], number] = [[], 0];
  const evidence = {
    accused: () => {
      asked += 1;
      return accused;
    },
  };
  const set = setOfRoster(toEpoch(0n), rosterOf(4));
  liarWatchOf(
    { CONSENSUS_PARDONED_MEMBERS: new Set() },
    { book: { current: { epoch: toEpoch(0n), set }, epoch: () => undefined }, evidence },
    { member: { halt: (reason) => void halts.push(reason) }, monitor: { onEvidence: () => {} }, final },
  );
  accused = [toMemberIndex(1), toMemberIndex(2)];
  final.ordered([blockWith(Buffer.from('of a client'))]);
  assert.deepEqual([asked, halts], [0, []]);
  final.ordered([blockWith(Buffer.from('btcfed/evidence/v2'))]);
  assert.match(halts.join(), /names m1, m2 as liars/);
});
