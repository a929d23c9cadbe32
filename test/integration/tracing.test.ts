import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Digest, toHeight } from '#libs/chain/ids.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import { decisionTraceId, memberSpanId, transactionTraceId } from '#services/consensus/core/span-ids.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import type { ReceivedSpan } from '#test/support/tracing/otlp-request.ts';
import { SpanReceiver } from '#test/support/tracing/span-receiver.ts';
import { until } from '#test/support/within.ts';

const NAMES = ['m0', 'm1', 'm2', 'm3'];
/** The span of a client that records its call. */
const CLIENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const QUORUM = 3;
const SIGN = 'btcfed.signer.v1.SignerService/Sign';
const CALL = { deadlineMs: 300_000 };

describe('P2P-93 the spans of a federation of four that runs in processes', () => {
  let receiver: SpanReceiver;
  let federation: LocalMembers;
  let transaction: Digest;
  let height: bigint;
  let decision: readonly ReceivedSpan[] = [];
  let journey: readonly ReceivedSpan[] = [];

  const inTrace = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);
  const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

  before(async () => {
    receiver = await SpanReceiver.start();
    const { endpoint } = receiver;
    federation = await LocalMembers.start({
      members: NAMES.length,
      passedOn: {
        ...{ CONSENSUS_TRACING_ENDPOINT: endpoint, GATEWAY_TRACING_ENDPOINT: endpoint },
        SIGNER_TRACING_ENDPOINT: endpoint,
      },
    });
    const [first] = federation.members;
    assert.ok(first !== undefined);
    const traceparent = `00-${CLIENT.traceId}-${CLIENT.spanId}-01`;
    ({ hash: transaction } = await first.client.submit(Buffer.from('traced'), { ...CALL, traceparent }));
    ({ height } = await first.client.wait(transaction, CALL));
    const genesis = parseGenesis(readFileSync(first.facts.paths.genesis, 'utf8'));
    const ofDecision = decisionTraceId(genesisDigest(genesis), toHeight(height));
    const ofTransaction = transactionTraceId(transaction);
    // Every process sends its spans when they are over, and by itself.
    const tellers = (traceId: string, name: string) =>
      new Set(named(inTrace(traceId), name).map(({ member }) => member)).size;
    await until('the decision of all members', () => tellers(ofDecision, 'decide') === NAMES.length);
    await until(
      'the transaction of all members',
      () => tellers(ofTransaction, 'transaction') === NAMES.length,
    );
    await until('the answers of the signers', () => tellers(ofDecision, SIGN) >= QUORUM);
    await until('the requests to them', () => {
      const ids = inTrace(ofDecision).map(({ spanId }) => spanId);
      return named(inTrace(ofDecision), SIGN).every(({ parent }) => ids.includes(parent));
    });
    await until('the frames of the gateways', () => tellers(ofDecision, 'send frame') >= QUORUM);
    await until('the receipt', () => named(inTrace(ofTransaction), 'WaitTransaction').length > 0);
    await until('the span of the client', () => inTrace(CLIENT.traceId).length > 0);
    await federation[Symbol.asyncDispose]();
    decision = inTrace(ofDecision);
    journey = inTrace(ofTransaction);
  });
  after(async () => {
    await federation?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  test('of a decision are in one trace, with the part of each member at the place that all can compute', () => {
    const parts = named(decision, 'decide');
    assert.deepEqual(parts.map(({ member }) => member).toSorted(), NAMES);
    for (const { traceId, spanId, member, parent, service } of parts) {
      assert.deepEqual([spanId, parent, service], [memberSpanId(traceId, member), '', 'btcfed-consensus']);
    }
    assert.equal(new Set(parts.map(({ facts }) => facts['btcfed.block'])).size, 1);
  });

  test('of a decision have in each member its view and its blocks on disk, and in the leader its record and the quorums', () => {
    const proposer = named(decision, 'decide')[0]?.facts['btcfed.proposer'];
    const whole = ['store record', 'prepare quorum', 'precommit quorum', 'commit quorum'];
    for (const member of NAMES) {
      const own = decision.filter((span) => span.member === member);
      const [part] = named(own, 'decide');
      const view = named(own, 'view').at(-1);
      assert.equal(view?.parent, part?.spanId, member);
      // A member that is slow may learn of the decision before it has voted in each phase.
      for (const name of ['store blocks', ...(member === proposer ? whole : [])])
        assert.ok(
          named(own, name).some(({ parent }) => parent === view?.spanId),
          `${member} ${name}`,
        );
      const [executed] = named(own, 'execute');
      assert.equal(executed?.parent, part?.spanId, member);
      assert.ok(
        view?.events.includes('proposal_received') || view?.events.includes('proposal_created'),
        member,
      );
    }
  });

  test('of a decision lead into signer and gateway of those that voted', () => {
    const voters = new Set(named(decision, SIGN).map(({ member }) => member));
    assert.ok(voters.size >= QUORUM);
    for (const member of voters) {
      const own = decision.filter((span) => span.member === member);
      const asked = own.filter(({ name }) => name.startsWith('sign '));
      const signed = named(own, SIGN);
      for (const { service, parent } of signed) {
        assert.equal(service, 'btcfed-signer');
        assert.ok(
          asked.some(({ spanId }) => spanId === parent),
          member,
        );
      }
      const views = named(own, 'view').map(({ spanId }) => spanId);
      for (const { service, parent } of named(own, 'send frame')) {
        assert.equal(service, 'btcfed-gateway');
        assert.ok(views.includes(parent), member);
      }
    }
  });

  test('of a transaction are in the trace of its hash, from each member its way to the chain', () => {
    const parts = named(journey, 'transaction');
    assert.deepEqual(parts.map(({ member }) => member).toSorted(), NAMES);
    for (const { member, spanId, facts, links } of parts) {
      const own = journey.filter((span) => span.member === member && span.parent === spanId);
      assert.equal(facts['btcfed.height'], height);
      for (const name of ['in block', 'execute'])
        assert.equal(named(own, name).length, 1, `${member} ${name}`);
      const [inBlock] = named(own, 'in block');
      assert.ok(inBlock?.events.includes('certified'), member);
      const [part] = named(decision, 'decide').filter((each) => each.member === member);
      assert.ok(
        links.some((link) => link.spanId === part?.spanId && link.traceId === part?.traceId),
        member,
      );
    }
    const sources = parts.map(({ facts }) => facts['btcfed.source']);
    assert.deepEqual(sources.filter((source) => source === 'client').length, 1);
    const [receipt] = named(journey, 'WaitTransaction');
    assert.equal(receipt?.parent, memberSpanId(transactionTraceId(transaction), 'm0'));
  });

  test('of a call whose client records one are in its trace, and linked with the transaction both ways', () => {
    const [call] = inTrace(CLIENT.traceId);
    assert.deepEqual([call?.name, call?.parent, call?.member], ['SubmitTransaction', CLIENT.spanId, 'm0']);
    const traceId = transactionTraceId(transaction);
    const part = { traceId, spanId: memberSpanId(traceId, 'm0') };
    assert.deepEqual(call?.links, [part]);
    const own = named(journey, 'transaction').find(({ member }) => member === 'm0');
    assert.ok(
      own?.links.some(({ traceId: other, spanId }) => other === CLIENT.traceId && spanId === call?.spanId),
    );
  });

  test('come from no other process than consensus, gateway and signer', () => {
    const services = new Set(receiver.spans.map(({ service }) => service));
    assert.deepEqual([...services].toSorted(), ['btcfed-consensus', 'btcfed-gateway', 'btcfed-signer']);
  });
});
