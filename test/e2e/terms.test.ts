import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed, runBtcfed } from '#test/support/federation/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const POLL_MS = 100;
const WANTED_MS = 20_000;
/** A view takes at least half of the number, however fast the views before were. */
const PACED_MS_MIN = WANTED_MS / 2;

/** Asks until it holds; the limit of the test ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + FINAL_MS; Date.now() < end; await sleep(POLL_MS)) if (await holds()) return;
  assert.fail('not in time');
}

/** The epoch of a member, and the number that its terms name. */
async function termsOf({ client }: RunningMember): Promise<readonly [bigint, number | undefined]> {
  const { epoch, terms } = await client.membership();
  return [epoch, terms?.parameters['view_timeout_ms']];
}

async function isInForce(member: RunningMember): Promise<boolean> {
  const [epoch, value] = await termsOf(member);
  const { viewTimeoutMs } = await member.client.status();
  return epoch === 1n && value === WANTED_MS && viewTimeoutMs >= PACED_MS_MIN;
}

describe('a change of the terms', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('takes force at all members by the votes of their operators, and stays over a restart and an absence', async () => {
    const [first = assert.fail(), second = assert.fail(), third = assert.fail(), last = assert.fail()] =
      federation.members;
    const homes = federation.members.map(({ facts }) => facts.paths.home);
    const [home = assert.fail()] = homes;
    const propose = ['members', 'propose', '--home', home, '--yes'];
    const refused = await runBtcfed([...propose, '--parameter', 'view_timeout_ms=1']);
    assert.equal(refused.code, 1);
    assert.match(refused.notes, /view_timeout_ms: expected a whole number from 100 to 600000: /);
    const stranger = await runBtcfed([...propose, '--protocol', 'stranger']);
    assert.match(stranger.notes, /unknown protocol "stranger"; this version has /);

    const { viewTimeoutMs: foundingMs } = await first.client.status();
    assert.ok(foundingMs < PACED_MS_MIN, 'the members begin with the number of the genesis');
    const { terms } = await first.client.membership();
    const same = Object.entries(terms?.parameters ?? {}).flatMap((each) => ['--parameter', each.join('=')]);
    const nothing = await runBtcfed([...propose, '--socket', `${home}/run/no.sock`, ...same]);
    assert.match(nothing.notes, /nothing was signed: a change of nothing: name others/);

    await federation.stop(3, 'consensus');
    const wanted = [`view_timeout_ms=${WANTED_MS}`, `view_timeout_ms_max=${2 * WANTED_MS}`];
    const shown = await runBtcfed([...propose, ...wanted.flatMap((each) => ['--parameter', each])]);
    assert.equal(shown.code, 0, shown.notes);
    assert.match(shown.notes, /view_timeout_ms: \d+ -> 20000, from the block after the last one of epoch 0/);
    const { digest } = JSON.parse(shown.out) as { digest: string };
    for (const approver of homes.slice(1, 3)) await approveChange(approver, digest.slice(0, 8));
    for (const member of [first, second, third]) await until(() => isInForce(member));

    await federation.restart(3, 'consensus');
    await until(() => isInForce(last));
    await federation.stop(1, 'consensus');
    await federation.restart(1, 'consensus');
    assert.ok(await isInForce(second), 'after a restart');
    const { hash } = await last.client.submit(Buffer.from('after'));
    await last.client.wait(hash, { deadlineMs: FINAL_MS });
    const listed = await btcfed('members', 'list', '--home', home);
    const { parameters } = listed['terms'] as { parameters: Record<string, number> };
    assert.equal(parameters['view_timeout_ms'], WANTED_MS);
  });
});
