import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { Federation } from '#test/support/engine/engine-federation.ts';
import { heightAt } from './height-at.ts';

const NEW = { final: toHeight(0n), target: undefined };
const FIRST = { final: toHeight(1n), target: undefined };

describe('TW-2.9.2 the height of a view', () => {
  test('is the one after the newest decision where views run across heights, also while its blocks are fetched', () => {
    const at = { instance: 0n, view: toView(9n) };
    assert.equal(heightAt(at, NEW, HOTSTUFF_TABLE), 1n);
    assert.equal(heightAt(at, FIRST, HOTSTUFF_TABLE), 2n);
    assert.equal(heightAt(at, { ...FIRST, target: toHeight(999n) }, HOTSTUFF_TABLE), 1_000n);
  });

  test('is its instance where each height has views of its own, also of a height that is final by now', () => {
    assert.equal(heightAt({ instance: 1n, view: toView(2n) }, FIRST, PBFT_TABLE), 1n);
  });

  test('is in the log of every member when a leader is away, with the view, the leader and the cause', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    const { position, leader } = federation.members[0]!.node.protocol();
    const { view } = position;
    federation.away.add(leader);
    federation.submit((leader + 1) % 4, 'second');
    federation.pass(20_000);
    for (const { log } of federation.members.filter(({ index }) => index !== leader)) {
      const facts = { height: 2n, leader: `m${leader}`, proposal_seen: false };
      const failed = log.lines.find(({ message }) => message === 'view failed')?.fields;
      assert.match(String(failed?.['cause']), /^(?:timeout|joined)$/);
      assert.deepEqual(failed, { ...facts, view, cause: failed?.['cause'] });
      const next = log.lines.find(({ message }) => message === 'view timed out, entered the next')?.fields;
      assert.deepEqual(
        [next?.['height'], next?.['view'], next?.['failed_view'], next?.['failed_leader'], next?.['cause']],
        [2n, view + 1n, view, `m${leader}`, failed?.['cause']],
      );
    }
  });
});
