import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { grpcClient } from '#libs/grpc/client.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { openLog } from '#libs/log/open-log.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { MemoryTracer } from '#libs/tracing/memory-tracer.ts';
import { traceparentOf } from '#libs/tracing/traceparent.ts';
import { composeConfig } from '#services/config/compose.ts';
import { until } from '#test/support/within.ts';

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
/** Generous: the machine may be busy with other tests. */
const CALL_MS = 60_000;

test('F-44 the config service makes a span of a call whose caller has a trace, and of no other', async () => {
  const home = mkdtempSync(join(tmpdir(), 'btcfed-spans-'));
  const address = `unix:${join(home, 'config.sock')}`;
  const tracer = new MemoryTracer();
  const { control } = openLog({
    service: 'config',
    settings: { level: 'error', console: 'off', file: undefined },
  });
  const settings = { CONFIG_HOME: home, CONFIG_LISTEN: address, CONFIG_NETWORK: 'test', CONFIG_MEMBER: 'm0' };
  const service = await composeConfig(settings, memoryLogger(), {
    ...{ logControl: control, tracer },
    metrics: new MemoryMetrics(),
  });
  const client = grpcClient(ConfigServiceDefinition, { address, deadlineMs: CALL_MS });
  try {
    await service.start();
    await client.reload({});
    await client.reload({}, { traceparent: traceparentOf(CALLER) });
    await until('the span', async () => tracer.spans.length > 0, CALL_MS);
    assert.deepEqual(
      tracer.spans.map(({ name, parent, place, fault }) => [name, parent, place.traceId, fault]),
      [['btcfed.config.v1.ConfigService/Reload', CALLER.spanId, CALLER.traceId, undefined]],
    );
  } finally {
    client.close();
    await service.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
