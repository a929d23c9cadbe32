import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { newTraceId } from '#libs/log/trace-id.ts';
import { ConsensusStep } from '#libs/proto/btcfed/event/v1/event.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { NatsServer } from '#test/support/programs/nats-server.ts';

const FINAL_MS = 300_000;
const LOOK_MS = 100;

/** Every line is logged within a view or two of its cause. */
const LINE_MS = 300_000;

type Line = Readonly<Record<string, unknown>>;

function linesOf({ facts }: RunningMember): readonly Line[] {
  const text = readFileSync(facts.log.file!.path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The first line that is like this, once there is one. */
async function lineOf(member: RunningMember, like: Line): Promise<Line> {
  for (const endMs = Date.now() + LINE_MS; Date.now() < endMs; ) {
    const line = linesOf(member).find((each) =>
      Object.entries(like).every(([name, value]) => each[name] === value),
    );
    if (line !== undefined) return line;
    await sleep(LOOK_MS);
  }
  assert.fail(`${member.facts.name} never logged ${JSON.stringify(like)}`);
}

const stepIn = (subject: string): string => subject.split('.')[5] ?? '';

describe('the logs of a federation of real processes', () => {
  test('E2E-12 P2P-92 P2P-93 tell every critical event, and join what belongs together over services and members', async () => {
    const nats = new NatsServer({ withStore: true });
    await using _ = { [Symbol.asyncDispose]: () => nats.remove() };
    await nats.up();
    await using federation = await LocalMembers.start({ members: 4, natsUrl: nats.url, logLevel: 'debug' });
    const { members } = federation;
    const [first] = members;
    assert.ok(first !== undefined);
    const connection = await connect({ servers: nats.url });
    const heard = new Map<string, { readonly traceId: string | undefined; readonly step: ConsensusStep }>();
    connection.subscribe('btcfed.*.*.consensus.step.*.v1', {
      callback: (_error, message) => {
        const { data, headers, subject } = message;
        const step = stepIn(subject);
        // The first of each: on a busy machine a view fails, and a second block brings the first one.
        if (heard.has(step)) return;
        heard.set(step, { traceId: headers?.get('btcfed-trace-id'), step: ConsensusStep.decode(data) });
      },
    });
    await connection.flush();

    const traceId = newTraceId();
    const { hash } = await first.client.submit(Buffer.from('traced'), { traceId });
    await first.client.wait(hash, { deadlineMs: FINAL_MS });

    for (const member of members) await followsTransaction(member, hash, traceId);
    const { view, trace_id: viewTrace } = await lineOf(first, { event_type: 'block_committed' });
    for (const member of members) await followsView(member, { view, trace_id: viewTrace });
    await hasHeard(heard, 'block_committed');
    const committed = heard.get('block_committed');
    assert.ok(committed !== undefined, `heard only ${[...heard.keys()]}`);
    assert.equal(committed.step.height, 1n);
    assert.equal(committed.traceId, viewTrace);
    for (const name of [
      'proposal_broadcasted',
      'prepare_qc_formed',
      'precommit_vote_sent',
      'locked_qc_updated',
    ]) {
      // The events of each member come in order; those of the leader may come after those of another.
      await hasHeard(heard, name);
      assert.ok(heard.has(name), name);
    }
    await connection.close();
    for (const member of members) await toldTheOperator(member);
    for (const member of members) await tracedMessages(member);
  });
});

async function hasHeard(heard: ReadonlyMap<string, unknown>, step: string): Promise<void> {
  for (const endMs = Date.now() + LINE_MS; !heard.has(step) && Date.now() < endMs; ) await sleep(LOOK_MS);
}

/** One id in the logs of every member, from where the transaction came in to where it is final. */
async function followsTransaction(
  member: RunningMember,
  transaction: string,
  traceId: string,
): Promise<void> {
  for (const message of ['transaction waits', 'transaction final']) {
    const line = await lineOf(member, { message, transaction });
    assert.deepEqual([line['service'], line['trace_id']], ['consensus', traceId]);
  }
}

/** One id that nobody sends, in the steps of every member and in its signer. */
async function followsView(
  member: RunningMember,
  view: { readonly view: unknown; readonly trace_id: unknown },
) {
  await lineOf(member, { event_type: 'block_committed', ...view });
  await lineOf(member, { event_type: 'prepare_vote_created', ...view });
  await lineOf(member, { service: 'signer', message: 'statement signed', ...view });
}

/** The lines that operators rely on are there at the default level, in the words that stay (LOG-24). */
async function toldTheOperator(member: RunningMember): Promise<void> {
  for (const [service, message] of [
    ['config', 'BTC Federation Node starting with config'],
    ['signer', 'key and record opened'],
    ['gateway', 'Network manager started successfully'],
    ['gateway', 'NetworkManager: Connection established with peer'],
    ['gateway', 'NetworkManager: Bootstrap successful'],
    ['gateway', 'Node started successfully'],
    ['consensus', 'event bus connected'],
    ['consensus', 'block final'],
  ] as const) {
    const line = await lineOf(member, { service, message });
    assert.equal(line['level'], 'info', message);
  }
}

/** At debug every message between members stands with its type and size (P2P-92). */
async function tracedMessages(member: RunningMember): Promise<void> {
  for (const message of ['peer message sent', 'peer message received']) {
    const { type, size_bytes: sizeBytes } = await lineOf(member, { message });
    assert.ok(typeof type === 'string' && Number(sizeBytes) > 0, message);
  }
}
