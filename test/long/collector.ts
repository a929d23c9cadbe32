// A real collector of OpenTelemetry takes the spans of a federation, and hands each on in the trace and under the parent that it has (P2P-93).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { memberSpanId, transactionTraceId } from '#services/consensus/core/span-ids.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { collectorMissing, OtelCollector } from '#test/support/programs/otel-collector.ts';
import { skipWithout } from '#test/support/runner/required.ts';
import { SpanReceiver } from '#test/support/tracing/span-receiver.ts';
import { until } from '#test/support/within.ts';

const NAMES = ['m0', 'm1', 'm2', 'm3'];
const CALL = { deadlineMs: 300_000 };

test('P2P-93 a collector hands on the spans of all members as they were told', {
  skip: skipWithout(collectorMissing()),
}, async () => {
  await using held = new AsyncDisposableStack();
  const folder = held.adopt(mkdtempSync(join(tmpdir(), 'collector-')), (path) =>
    rmSync(path, { recursive: true }),
  );
  const region = held.adopt(await claimPortRegion(), (claimed) => claimed.release());
  const receiver = held.use(await SpanReceiver.start());
  const place = { port: region.basePort, to: receiver.endpoint };
  const { endpoint } = held.use(await OtelCollector.start(folder, place));
  const passedOn = {
    ...{ CONSENSUS_TRACING_ENDPOINT: endpoint, GATEWAY_TRACING_ENDPOINT: endpoint },
    SIGNER_TRACING_ENDPOINT: endpoint,
  };
  const federation = held.use(await LocalMembers.start({ members: NAMES.length, passedOn }));
  const client = federation.members[0]?.client ?? assert.fail();
  const { hash } = await client.submit(Buffer.from('collected'), CALL);
  await client.wait(hash, CALL);

  const traceId = transactionTraceId(hash);
  const parts = () =>
    receiver.spans.filter((span) => span.traceId === traceId && span.name === 'transaction');
  await until('the transaction of all members', () => parts().length === NAMES.length);
  assert.deepEqual(
    parts()
      .map(({ member }) => member)
      .toSorted(),
    NAMES,
  );
  for (const { spanId, member, links } of parts()) {
    assert.equal(spanId, memberSpanId(traceId, member));
    assert.equal(links.length, 1);
  }
  const services = () => new Set(receiver.spans.map(({ service }) => service));
  await until('the spans of all services', () => services().size === 3);
  assert.deepEqual([...services()].toSorted(), ['btcfed-consensus', 'btcfed-gateway', 'btcfed-signer']);
});
