import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { importsOf, sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const files = sourceFiles(ROOT);
const sources = files.map((file) => ({ file, text: readFileSync(`${ROOT}${file}`, 'utf8') }));

test('LOG-01 the logging library is known to one file', () => {
  const users = files.filter((file) => importsOf(ROOT, file).some(({ target }) => target === 'npm:pino'));
  assert.deepEqual(users, ['libs/log/pino-logger.ts']);
});

/** A print that is not a log line, and why it is none. */
const PRINTS: Readonly<Record<string, string>> = {
  'libs/log/console-sink.ts': 'the log itself, on standard output',
  'libs/log/open-log.ts': 'the log cannot be written',
  'libs/service/run-service.ts': 'the sentence with which a service ends, for its supervisor',
  'services/cli/main.ts': 'the tool answers a person',
};

test('LOG-13 nothing prints beside the log, but for the places that are listed', () => {
  const print = /(?<![.#\w])console\.\w+\(|\bprocess\.(?:stdout|stderr)\b|\bwriteSync\((?:1|2|STD)/;
  const printers = sources.filter(({ text }) => print.test(text)).map(({ file }) => file);
  assert.deepEqual(printers, Object.keys(PRINTS));
});

test('LOG-24 no message is put together from parts: what varies is a field', () => {
  const built = /\blog\.(?:debug|info|warn|error)\(\s*(?:`|'[^']*'\s*\+)/;
  for (const call of ['(`peer lost`)', "('peer ' + name)"]) assert.ok(built.test(`log.warn${call}`));
  assert.deepEqual(
    sources.filter(({ text }) => built.test(text)).map(({ file }) => file),
    [],
  );
});

test('P2P-94 the code behind the metrics is loaded where they are asked for, and only then: the signer too needs none', () => {
  const heavy = /^import .* from '.*(?:prom-metrics|metrics-server)\.ts'|from 'prom-client'/m;
  assert.deepEqual(
    sources.filter(({ text }) => heavy.test(text)).map(({ file }) => file),
    ['libs/metrics/prom-metrics.ts'],
  );
});

test('the code of HTTP is loaded where a chain speaks it, and only then', () => {
  const server =
    /^import (?!type )[^;]*? from '(?:fastify|[^']*(?:https-server|http-door|compose-http)\.ts)'/m;
  assert.deepEqual(
    sources.filter(({ text }) => server.test(text)).map(({ file }) => file),
    [
      'libs/http/https-server.ts',
      'services/consensus/adapters/tinyweb/http-door.ts',
      'services/consensus/compose-http.ts',
    ],
  );
});

test('P2P-93 the code of OpenTelemetry is loaded where a collector is configured, and only then', () => {
  // The imports of types are gone before the code runs.
  const heavy =
    /^(?:import|export) (?!type )[^;]*? from '(?:@opentelemetry\/[^']*|[^']*(?:otlp-tracer|readable-span|counted-exporter)\.ts)'/m;
  assert.deepEqual(
    sources.filter(({ text }) => heavy.test(text)).map(({ file }) => file),
    ['libs/tracing/otlp-tracer.ts', 'libs/tracing/readable-span.ts'],
  );
});
