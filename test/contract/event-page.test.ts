import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { FACTS_STREAM_SETTINGS } from '#libs/events/facts-stream.ts';
import { eventHeaders } from '#libs/events/headers.ts';
import { MemoryBus, type PublishedEvent } from '#libs/events/memory-bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { LOOK, READ } from '#libs/events/stream-requests.ts';
import { FACTS, subjectOf } from '#libs/events/subjects.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MEMBER_NAME } from '#libs/membership/roster.ts';
import {
  BlockCommitted,
  ConfigurationChanged,
  ConsensusStep,
  EvidenceFound,
  PeerConnected,
  PeerConnectionFailed,
  PeerDisconnected,
  QuorumLost,
  QuorumReached,
  TransactionFinal,
  ViewChanged,
} from '#libs/proto/btcfed/event/v1/event.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { CHAIN_ID } from '#libs/settings/genesis-schema.ts';
import { busEvents } from '#services/config/adapters/bus-events.ts';
import { consensusSignals } from '#services/consensus/adapters/consensus-signals.ts';
import { factsOfBlock } from '#services/consensus/adapters/facts.ts';
import { ConsensusTrace } from '#services/consensus/adapters/step-trace.ts';
import { viewTraceId } from '#services/consensus/core/view-trace.ts';
import { peerEvents } from '#services/gateway/adapters/peer-events.ts';
import { blockNamed, said, spoke } from '#test/support/chain/claims.ts';
import { LocalEvents } from '#test/support/programs/local-events.ts';
import { until } from '#test/support/within.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const PAGE = readFileSync(join(ROOT, 'proto/btcfed/event/README.md'), 'utf8');
const vectors = (name: string) => JSON.parse(readFileSync(join(ROOT, `test/vectors/${name}.json`), 'utf8'));
const { facts: FACT_IDS } = vectors('fact-ids');
const { traces: TRACE_IDS } = vectors('trace-ids');
const MESSAGES: Readonly<Record<string, unknown>> = {
  BlockCommitted,
  ConfigurationChanged,
  ConsensusStep,
  EvidenceFound,
  PeerConnected,
  PeerConnectionFailed,
  PeerDisconnected,
  QuorumLost,
  QuorumReached,
  TransactionFinal,
  ViewChanged,
};
const ORIGIN = { network: 'main', member: 'alice' };
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NANOS = 1_000_000;

/** Rows of the table that begins with this heading, as texts without the marks of code. */
function table(heading: string): readonly (readonly string[])[] {
  const from = PAGE.indexOf(`\n| ${heading} |`);
  assert.notEqual(from, -1, heading);
  const [lines = ''] = PAGE.slice(from + 1).split('\n\n', 1);
  return lines.trimEnd().split('\n').slice(2).map(cells);
}

function cells(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}

const HASH = toDigest('ab'.repeat(32));

/** All events of a member, made by the production code. */
async function everything(): Promise<readonly PublishedEvent[]> {
  const bus = new MemoryBus(ORIGIN);
  await bus.start();
  busEvents(bus).configurationChanged(3n);
  const peer = { publicKey: new Uint8Array(32).fill(7), peerId: '12D3KooW' };
  peerEvents(bus).connected(peer);
  peerEvents(bus).disconnected({ ...peer, reason: 'gone' });
  peerEvents(bus).connectionFailed({ ...peer, reason: 'refused' });
  const signals = consensusSignals(bus);
  const entered = { height: toHeight(5n), view: toView(8n), leader: toMemberIndex(3), leaderName: 'm3' };
  const position = { instance: 0n, view: toView(7n) };
  const failed = { ...entered, position, cause: 'timeout', isProposed: false } as const;
  signals.viewChanged({ ...entered, afterTimeout: true, failed });
  const [first, second] = ['a', 'b'].map((name) => said(3, spoke('commit', 8, name)));
  const evidence = first && second && evidenceOf(first, second, toEpoch(0n), HOTSTUFF_TABLE);
  assert.ok(evidence);
  signals.evidenceFound({ evidence, digest: blockNamed('d'), content: new Uint8Array() });
  const reach = {
    members: 4,
    reachable: 2,
    needed: 3,
    totalWeight: 4n,
    reachableWeight: 2n,
    neededWeight: 3n,
  };
  signals.quorumLost({ ...reach, away: ['m1', 'm3'] });
  signals.quorumReached({ ...reach, reachable: 3, reachableWeight: 3n, away: ['m3'] });
  const traceIdOf = (view: bigint): string => viewTraceId(HASH, toView(view));
  const trace = { log: memoryLogger(), bus, always: true, nameOf: String, traceIdOf };
  new ConsensusTrace(trace).step({ name: 'proposal_created', view: toView(7n) });
  for (const fact of factsOfBlock(blockOf(1), { member: 'alice', ofTransactions: true }))
    await bus.publishFact(fact);
  return bus.published;
}

function blockOf(transactionCount: number) {
  const header = {
    height: toHeight(5n),
    epoch: toEpoch(0n),
    view: toView(7n),
    proposer: toMemberIndex(1),
    timestampMs: 0n,
    parent: HASH,
    payloadRoot: HASH,
    stateRoot: HASH,
    transactionCount,
    extensions: [],
  };
  return sealBlock(
    header,
    Array.from({ length: transactionCount }, (_, index) => transactionOf(Uint8Array.of(index % 256))),
  );
}

const FORMS: readonly (readonly [RegExp, RegExp])[] = [
  [/decimal with a slash between$/, /^\d+\/\d+$/],
  [/decimal$/, /^\d+$/],
  [/hex$/, /^(?:[0-9a-f]{2})+$/],
];

describe('proto/btcfed/event/README.md', () => {
  test('F-36: names every event that the program publishes, its kind, its message and what it is about', async () => {
    const rows = table('service, noun, event');
    const named = rows.map(
      ([name = '', kind]) => `${kind} ${name.replace('<event_type>', 'proposal_created')}`,
    );
    const events = await everything();
    const said = events.map(({ kind, subject }) => `${kind} ${subject.split('.').slice(3, 6).join('.')}`);
    assert.deepEqual(named.toSorted(), said.toSorted());
    for (const [index, event] of named.entries()) {
      const [, , message = '', about = ''] = rows[index] ?? [];
      const { body, headers } = events[said.indexOf(event)] ?? assert.fail(event);
      const { decode, encode } = MESSAGES[message] as typeof BlockCommitted;
      assert.deepEqual(encode(decode(body)).finish(), new Uint8Array(body), message);
      const [, form] = FORMS.find(([words]) => words.test(about)) ?? assert.fail(about);
      assert.match(headers['ce-subject'] ?? '', form, event);
    }
    const proto = readFileSync(join(ROOT, 'proto/btcfed/event/v1/event.proto'), 'utf8');
    const all = [...proto.matchAll(/^message (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(rows.map(([, , message]) => message).toSorted(), all.toSorted());
    const facts = FACTS.map(({ service, noun, event }) => `${service}.${noun}.${event}`);
    assert.deepEqual(
      rows.filter(([, kind]) => kind === 'fact').map(([name]) => name),
      facts,
    );
  });

  test('F-36: says what may stand in a subject, and such names stand there as they are', () => {
    const [network, member, words] = table('token').map(([, , form = '']) => new RegExp(form));
    assert.deepEqual([network?.source, member?.source], [CHAIN_ID.source, MEMBER_NAME.source]);
    const [, example = ''] = /for example `(btcfed\.[^`]+)`/.exec(PAGE) ?? [];
    assert.equal(subjectOf({ ...ORIGIN, service: 'consensus', noun: 'block', event: 'committed' }), example);
    for (const [form, names] of [
      [network, ['a', '0-9', 'a'.repeat(48)]],
      [member, ['a_b', 'x'.repeat(32)]],
      [words, ['y'.repeat(63), 'step_1']],
    ] as const) {
      for (const name of names) {
        assert.match(name, form ?? /$^/);
        const parts = { network: name, member: name, service: name, noun: name, event: name };
        assert.equal(subjectOf(parts), `btcfed.${Array(5).fill(name).join('.')}.v1`);
      }
    }
    for (const name of ['', 'A', 'a.b', '-a', 'y'.repeat(64)]) assert.doesNotMatch(name, words ?? /^/);
  });

  test('F-36: names every header, what it is on, and its value', async () => {
    const rows = table('header');
    const events = await everything();
    const step = events.find(({ subject }) => subject.includes('.step.'));
    const on = (where: string | undefined) => rows.filter(([, here]) => here === where).map(([name]) => name);
    for (const event of events) {
      const wanted = event === step ? [...on('all'), ...on('steps')] : on('all');
      assert.deepEqual(Object.keys(event.headers).toSorted(), wanted.toSorted(), event.subject);
    }
    const { headers } = events.at(-1) ?? assert.fail('no fact');
    assert.equal(headers['Nats-Msg-Id'], headers['ce-id']);
    const values = Object.fromEntries(rows.map(([name = '', , value = '']) => [name, value]));
    const filled = (name: string): string | undefined =>
      values[name]
        ?.replace('<network>', 'main')
        .replace('<member>', 'alice')
        .replace('<service>.<noun>.<event>', 'consensus.transaction.final')
        .replace('<service>', 'consensus');
    for (const name of ['ce-specversion', 'ce-source', 'ce-type', 'ce-datacontenttype']) {
      assert.equal(headers[name], filled(name));
    }
    const at = new Date(0);
    const again = eventHeaders({ service: 'a', noun: 'b', event: 'c', body: new Uint8Array() }, ORIGIN, at);
    assert.equal(again['ce-time'], '1970-01-01T00:00:00.000Z');
    assert.match(again['ce-id'] ?? '', /^[0-9a-f-]{36}$/);
  });

  test('F-36: has the bytes of the id of a fact and of the trace id of a view, with vectors', () => {
    for (const { member, fact, blockDigest, index, id } of FACT_IDS) {
      const block = { ...blockOf(index + 1), digest: toDigest(blockDigest) };
      const of = [...factsOfBlock(block, { member, ofTransactions: true })].filter(
        ({ noun, event }) => `${noun}.${event}` === fact,
      );
      assert.equal(of[index]?.id, id);
    }
    for (const { chain, view, id } of TRACE_IDS) {
      assert.equal(viewTraceId(toDigest(chain), toView(BigInt(view))), id);
    }
    for (const tag of ['btcfed/event/v1', 'btcfed/trace/view/v1']) {
      assert.ok(PAGE.includes(`\`${tag}\``));
      const hex = Buffer.from(tag).toString('hex');
      assert.ok([...FACT_IDS, ...TRACE_IDS].some(({ bytes }) => bytes.slice(8).startsWith(hex)));
    }
  });

  test('F-36: has every setting of the stream, and every request that a reader needs', () => {
    const settings = Object.fromEntries(table('setting').map(([name, value]) => [name, value]));
    const { subjects, max_age, duplicate_window, ...rest } = FACTS_STREAM_SETTINGS;
    assert.deepEqual(settings, {
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
      subjects: subjects.join(', '),
      max_age: `${max_age / NANOS / DAY_MS} days`,
      duplicate_window: `${duplicate_window / NANOS / MINUTE_MS} minutes`,
    });
    const requests = table('request');
    assert.deepEqual(
      requests.filter(([, , reader]) => reader === 'yes').map(([name]) => name),
      READ,
    );
    assert.deepEqual(
      requests.filter(([, member]) => member === 'yes').map(([name]) => name),
      LOOK,
    );
  });

  test('F-36: has a program that reads facts as it says', async () => {
    const [, program = ''] = /```js\n(.*?)```/s.exec(PAGE) ?? [];
    await using events = new LocalEvents();
    await events.start();
    const cache = join(ROOT, '.cache');
    mkdirSync(cache, { recursive: true });
    // Imports of this repository are found from inside it.
    const folder = mkdtempSync(join(cache, 'events-page-'));
    writeFileSync(join(folder, 'reader.ts'), program);
    const reader = spawn(process.execPath, [join(folder, 'reader.ts'), events.files.reader], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(reader, 'close');
    let out = '';
    reader.stdout.on('data', (data) => {
      out += data;
    });
    const url = events.urlOf(0, 'consensus');
    const bus = natsBus({ network: 'net', member: 'm0', url, log: memoryLogger() });
    try {
      await bus.start();
      await until('the connection', () => bus.connected());
      const [fact] = factsOfBlock(blockOf(0), { member: 'm0', ofTransactions: false });
      assert.ok(fact);
      await bus.publishFact(fact);
      await until('what it read', () => out.includes('\n'));
      assert.equal(out, `btcfed.net.m0.consensus.block.committed.v1 ${fact.id} height 5\n`);
    } finally {
      reader.kill();
      await Promise.all([ended, bus.stop()]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
