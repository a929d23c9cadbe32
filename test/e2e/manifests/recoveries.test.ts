import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { Recoveries } from './recoveries.ts';

/** When something is so, from the moment on in which the network is whole; undefined when never. */
interface Plan {
  readonly connectedMs?: number;
  readonly blockMs?: number;
  /** Nobody answers before this time, as on a machine that has too much to do. */
  readonly silentMs?: number;
}

/** Two members that do by virtual time what the plan says. */
async function recovered({ connectedMs, blockMs, silentMs = 0 }: Plan): Promise<Recoveries> {
  let nowMs = 0;
  const isSince = (fromMs: number | undefined) => fromMs !== undefined && nowMs >= fromMs;
  const status = async (): Promise<GetStatusResponse> => {
    if (nowMs < silentMs) throw new AppError('no answer in time', { code: 'SLOW' });
    const connectedPeers = isSince(connectedMs) ? 1 : 0;
    const header = { finalHeight: isSince(blockMs) ? 2n : 1n };
    return GetStatusResponse.fromPartial({ connectedPeers, header });
  };
  const member: Pick<FederationClient, 'status'> = { status };
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  const recoveries = new Recoveries([member, member], { nowMs: () => nowMs, pass });
  await recoveries.expect('a cut');
  return recoveries;
}

test('F-68: members that are connected and have a new block as soon as was asked for have no fault', async () => {
  const { violations, late, reconnectMsMax } = await recovered({ connectedMs: 5_000, blockMs: 30_000 });
  assert.deepEqual([violations, late], [[], []]);
  assert.equal(reconnectMsMax, 5_000);
});

test('F-68: what comes later is late, and no violation: a busy machine is no fault of the members', async () => {
  const { violations, late, reconnectMsMax } = await recovered({ connectedMs: 5_050, blockMs: 36_000 });
  assert.deepEqual(violations, []);
  assert.deepEqual(late, [
    'only after 5050 ms: after a cut the members were connected again',
    'only after 30950 ms: after a cut all members had a new block',
  ]);
  assert.equal(reconnectMsMax, 5_050);
  const busy = await recovered({ connectedMs: 0, blockMs: 0, silentMs: 100_000 });
  assert.deepEqual([busy.violations, busy.late.length], [[], 1]);
});

test('F-68: what never comes is a violation that says where each member stands', async () => {
  const { violations, late } = await recovered({});
  assert.deepEqual(late, []);
  assert.equal(violations.length, 2);
  assert.match(
    violations[0] ?? '',
    /^never: after a cut the members were connected again; 0: height 1 .* 0 peers/,
  );
  assert.match(violations[1] ?? '', /^never: after a cut all members had a new block/);
  const apart = await recovered({ blockMs: 1_000 });
  assert.equal(apart.violations.length, 1);
});
