import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { LogCommand } from './log-commands.ts';

const RUN_SERVICE = new URL('run-service.ts', import.meta.url).href;
const ZOD = import.meta.resolve('zod');

/** A process that runs one service called `demo`, whose parts are given as source text. */
function demo(
  { compose = '', start = '', stop = '' }: { compose?: string; start?: string; stop?: string },
  { env = {}, ipc = false }: { env?: Record<string, string>; ipc?: boolean } = {},
) {
  const source = `
    import { z } from ${JSON.stringify(ZOD)};
    import { runService } from ${JSON.stringify(RUN_SERVICE)};
    const compose = async (config, log, { fail }) => {
      ${compose}
      let timer;
      return {
        start: async () => { timer = setInterval(() => {}, 1000); ${start} },
        stop: async () => { ${stop} clearInterval(timer); },
      };
    };
    const schema = z.strictObject({ DEMO_SECRET: z.string().max(7).optional() });
    await runService({ name: 'demo', schema, compose }, process.env);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  return { child, output: collect(child) };
}

interface Output {
  stdout: string;
  stderr: string;
}

function collect(child: ChildProcess): Output {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr?.on('data', (data) => {
    output.stderr += data;
  });
  return output;
}

async function says(child: ChildProcess, output: Output, text: string): Promise<void> {
  while (!output.stdout.includes(text)) await once(child.stdout!, 'data');
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  // The event is not `close` of the child, which Node does not emit after `disconnect`.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child.stdout!, 'close')]);
  return code;
}

const SECTION: LogCommand['section'] = {
  level: 'debug',
  format: 'json',
  consoleOutput: true,
  consoleColor: false,
  fileOutput: true,
  fileName: 'x.log',
  fileSizeBytesMax: 1024,
  fileCountMax: 3,
};

describe('runService', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`stops in order and exits 0 on ${signal}`, async () => {
      const { child, output } = demo({ stop: "log.info('closing');" });
      await says(child, output, 'service started');
      child.kill(signal);
      assert.equal(await exitCode(child), 0);
      assert.match(output.stdout, /service stopping.*closing.*service stopped/s);
      assert.equal(output.stderr, '');
    });
  }

  test('stops when the parent at the other end of the channel is gone', async () => {
    const { child, output } = demo({}, { ipc: true });
    await says(child, output, 'service started');
    child.disconnect();
    assert.equal(await exitCode(child), 0);
    assert.match(output.stdout, /parent gone/);
  });

  test('stops while it is still starting', async () => {
    const { child, output } = demo({ start: "log.info('waiting'); await new Promise(() => {});" });
    await says(child, output, 'waiting');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 0);
    assert.doesNotMatch(output.stdout, /service started/);
  });

  test('exits 1 with one sentence on bad settings, without their value', async () => {
    const { child, output } = demo({}, { env: { DEMO_SECRET: 'hunter2-hunter2', DEMO_TYPO: 'x' } });
    assert.equal(await exitCode(child), 1);
    assert.match(output.stderr, /^demo: invalid settings: DEMO_SECRET: .*; DEMO_TYPO: unknown setting\n$/);
    assert.doesNotMatch(output.stderr + output.stdout, /hunter2/);
  });

  test('exits 1 with one sentence when it cannot be built or started', async () => {
    for (const where of ['compose', 'start']) {
      const { child, output } = demo({ [where]: "throw new Error('port taken');" });
      assert.equal(await exitCode(child), 1);
      assert.equal(output.stderr, 'demo: port taken\n');
    }
  });

  test('exits 70 and logs the error after a crash, also of a forgotten promise', async () => {
    for (const crash of ["throw new Error('boom');", "Promise.reject(new Error('boom'));"]) {
      const { child, output } = demo({ start: `setTimeout(() => { ${crash} }, 1);` });
      assert.equal(await exitCode(child), 70);
      assert.match(output.stdout, /service crashed.*boom|boom.*service crashed/);
      assert.equal(output.stderr, 'demo: boom\n');
    }
  });

  const fullDisk = `
    const { diskFault } = await import(${JSON.stringify(new URL('../sqlite/database-error.ts', import.meta.url).href)});
    const error = new Error('not written', { cause: diskFault('a.db', new Error('full')) });`;

  for (const [when, parts] of [
    ['a crash', { start: `${fullDisk} setTimeout(() => { throw error; }, 1);` }],
    ['an end in the middle of its work', { start: `${fullDisk} fail(error); console.log('went on');` }],
    ['a start that fails', { compose: `${fullDisk} throw error;` }],
  ] as const) {
    test(`F-05: exits 74 after ${when} that a full disk is to blame for, and does nothing more`, async () => {
      const { child, output } = demo(parts);
      assert.equal(await exitCode(child), 74);
      assert.equal(output.stderr, 'demo: not written\n');
      assert.doesNotMatch(output.stdout, /went on/);
    });
  }

  test('exits 70 when it does not stop within its deadline', async () => {
    const options = { env: { DEMO_STOP_TIMEOUT_MS: '100' } };
    const { child, output } = demo({ stop: 'await new Promise(() => {});' }, options);
    await says(child, output, 'service started');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 70);
    assert.match(output.stdout, /did not stop in time/);
  });

  test('exits at once on a second signal', async () => {
    const { child, output } = demo({ stop: "log.info('closing'); await new Promise(() => {});" });
    await says(child, output, 'service started');
    child.kill('SIGTERM');
    await says(child, output, 'closing');
    child.kill('SIGINT');
    assert.equal(await exitCode(child), 70);
    assert.doesNotMatch(output.stdout, /in time/);
  });

  test('exits 70 when stopping fails', async () => {
    const { child, output } = demo({ stop: "throw new Error('stuck');" });
    await says(child, output, 'service started');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 70);
    assert.match(output.stdout, /service failed to stop/);
  });

  test('LOG-02 a supervisor changes the level of a running service over its channel, and nothing else', async () => {
    const stop = "log.debug('fine');";
    const { child, output } = demo({ stop }, { ipc: true });
    await says(child, output, 'service started');
    for (const noise of [
      null,
      7,
      'debug',
      { kind: 'log' },
      { kind: 'log', section: { ...SECTION, level: 'all' } },
    ]) {
      child.send(noise as never);
    }
    child.send({ kind: 'log', section: SECTION });
    await says(child, output, 'log level changed');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 0);
    assert.equal(output.stdout.match(/log level changed/g)?.length, 1);
    assert.match(output.stdout, /"message":"fine"/);
  });

  test('LOG-02 SIGUSR2 turns debug on, and the next one off again', async () => {
    const { child, output } = demo({ start: "log.warn('ready');" }, { env: { DEMO_LOG_LEVEL: 'warn' } });
    await says(child, output, 'ready');
    child.kill('SIGUSR2');
    await says(child, output, '"new_level":"debug"');
    child.kill('SIGUSR2');
    await says(child, output, '"new_level":"warn"');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 0);
  });

  for (const [host, isWarned] of [
    ['127.0.0.1', false],
    ['[::]', true],
    ['0.0.0.0', true],
  ] as const) {
    test(`P2P-94 F-41 metrics and probes at ${host} are ${isWarned ? 'served with a warning' : 'served'}`, async () => {
      const { child, output } = demo({}, { env: { DEMO_METRICS_LISTEN: `${host}:0` } });
      await says(child, output, 'service started');
      const ready = await readyOf(output.stdout).finally(() => child.kill('SIGTERM'));
      assert.equal(await exitCode(child), 0);
      assert.equal(ready, '[+]started ok\n[+]running ok\nreadyz check passed\n');
      assert.equal(/metrics are served to everybody who reaches the address/.test(output.stdout), isWarned);
    });
  }

  test('LOG-15 runs although its log file cannot be written, and says so once', async () => {
    const env = { DEMO_LOG_FILE: '/proc/none/demo.log', DEMO_LOG_CONSOLE: 'json' };
    const { child, output } = demo({}, { env });
    await says(child, output, 'service started');
    child.kill('SIGTERM');
    assert.equal(await exitCode(child), 0);
    assert.match(output.stderr, /^demo: log lines are lost until the log file can be written: [^\n]+\n$/);
  });

  test('LOG-21 exits 1 on a bad log setting, and names it', async () => {
    const { child, output } = demo({}, { env: { DEMO_LOG_CONSOLE: 'loud', DEMO_LOG_FILE_BYTES_MAX: '0' } });
    assert.equal(await exitCode(child), 1);
    assert.match(output.stderr, /DEMO_LOG_FILE_BYTES_MAX: .*DEMO_LOG_CONSOLE: /);
  });
});

/** The answer of /readyz, at the port that the log names. */
async function readyOf(log: string): Promise<string> {
  const line = log.split('\n').find((each) => each.includes('"metrics are served"')) ?? '{}';
  const { address }: { address?: string } = JSON.parse(line);
  const port = address?.split(':').at(-1);
  assert.ok(port !== undefined, log);
  return (await fetch(`http://127.0.0.1:${port}/readyz?verbose`)).text();
}
