import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { loadConfig } from './load-config.ts';

const ROOT = new URL('../..', import.meta.url).href;
const CHILD_MS_MAX = 300_000;

/** Makes the tracer of a service in a process of its own. @returns the modules of OpenTelemetry that were loaded for it. */
function loadedFor(endpoint: string | undefined): readonly string[] {
  const settings = { TRACING_ENDPOINT: endpoint, TRACING_SAMPLE: 1 };
  const source = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { serviceTracer } = await import('${ROOT}libs/service/service-tracer.ts');
    const { memoryLogger } = await import('${ROOT}libs/log/memory-logger.ts');
    const { absentMetrics } = await import('${ROOT}libs/metrics/absent-metrics.ts');
    const tracer = await serviceTracer('consensus', ${JSON.stringify(settings)}, { log: memoryLogger(), metrics: absentMetrics });
    await tracer.stop();
    console.log(JSON.stringify({ isOn: tracer.isOn, loaded }));
    process.exit();
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    timeout: CHILD_MS_MAX,
  });
  const answer: { isOn: boolean; loaded: readonly string[] } = JSON.parse(stdout || `"${stderr}"`);
  assert.ok(answer.loaded.some((url) => url.endsWith('service-tracer.ts')));
  assert.equal(answer.isOn, endpoint !== undefined);
  return answer.loaded.filter((url) => url.includes('@opentelemetry'));
}

describe('P2P-93 the tracer of a service', () => {
  test('loads no code of OpenTelemetry where no collector is configured', () => {
    assert.deepEqual(loadedFor(undefined), []);
  });

  test('loads it where one is, so the test before says something', () => {
    assert.ok(loadedFor('http://127.0.0.1:1').some((url) => url.includes('/sdk-trace/')));
  });
});

describe('the settings of tracing', () => {
  const platformOf = (env: Readonly<Record<string, string>>) =>
    loadConfig('config', z.strictObject({}), env).platform;

  test('are an address and a share; without them there is no collector, and the share is all', () => {
    assert.deepEqual([platformOf({}).TRACING_ENDPOINT, platformOf({}).TRACING_SAMPLE], [undefined, 1]);
    const given = { CONFIG_TRACING_ENDPOINT: 'http://127.0.0.1:4318', CONFIG_TRACING_SAMPLE: '0.25' };
    const { TRACING_ENDPOINT, TRACING_SAMPLE } = platformOf(given);
    assert.deepEqual([TRACING_ENDPOINT, TRACING_SAMPLE], ['http://127.0.0.1:4318', 0.25]);
  });

  for (const [name, value, cure] of [
    [
      'CONFIG_TRACING_ENDPOINT',
      '127.0.0.1:4318',
      /must be an http or https URL: write .*such as http:\/\/127\.0\.0\.1:4318/,
    ],
    ['CONFIG_TRACING_ENDPOINT', 'http://me:secret@x', /must be without user and password/],
    ['CONFIG_TRACING_SAMPLE', '0', /must be a number above 0 and up to 1, such as 0\.1/],
    ['CONFIG_TRACING_SAMPLE', 'all', /must be a number above 0 and up to 1/],
  ] as const) {
    test(`are refused by name and cure, and the value is not printed: ${name}=${value}`, () => {
      assert.throws(
        () => platformOf({ [name]: value }),
        ({ message }: Error) =>
          message.includes(`${name}: `) && cure.test(message) && !message.includes('secret'),
      );
    });
  }
});
