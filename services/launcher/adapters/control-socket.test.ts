import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { until } from '#test/support/within.ts';
import type { ControlAnswer, ControlRequest } from '../core/control-messages.ts';
import { controlSocketIn } from '../core/member-home.ts';
import { CONTROL_REQUEST_BYTES_MAX } from '../words/limits.ts';
import { askControl, isServed } from './control-client.ts';
import { ControlSocket } from './control-socket.ts';
import { askFederation } from './running-federation.ts';
import { newScratchFolder, scratchFederations } from './scratch-folders.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-control-'));
after(() => rmSync(base, { recursive: true, force: true }));

const DONE: ControlAnswer = { kind: 'done', services: ['gateway'] };

async function served(
  folder: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer> = async () => DONE,
) {
  const socket = new ControlSocket({ path: controlSocketIn(folder), answer });
  await socket.start();
  return Object.assign(socket, { [Symbol.asyncDispose]: () => socket.stop() });
}

const folder = () => mkdtempSync(join(base, 'f-'));

/** Sends raw bytes, and reads all that comes back. */
async function raw(path: string, bytes: string): Promise<string> {
  const socket = connect(path);
  let got = '';
  socket.on('data', (data) => {
    got += data;
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return got;
}

describe('the control socket', () => {
  test('hands a request on and its answer back, and no other user may connect', async () => {
    const home = folder();
    const heard: ControlRequest[] = [];
    await using _server = await served(home, async (request) => {
      heard.push(request);
      return DONE;
    });
    const path = controlSocketIn(home);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(home, 'run')).mode & 0o777, 0o700);
    assert.deepEqual(await askFederation(home, { verb: 'pause', member: 'm2', service: 'gateway' }), DONE);
    assert.deepEqual(heard, [{ verb: 'pause', member: 'm2', service: 'gateway' }]);
  });

  test('refuses what is no request, and a line that is too long, and goes on', async () => {
    const home = folder();
    await using _server = await served(home);
    const path = controlSocketIn(home);
    for (const line of ['', 'hello', '{"verb":"drop","member":"m0"}', '{"verb":"list","more":1}']) {
      assert.match(
        await raw(path, `${line}\n`),
        /^{"kind":"refused","sentence":"the request cannot be read: use /,
      );
    }
    assert.match(await raw(path, 'x'.repeat(CONTROL_REQUEST_BYTES_MAX + 1)), /"refused"/);
    assert.deepEqual(await askFederation(home, { verb: 'list' }), DONE);
  });

  test('passes the sentence of a refusal on, as a fault of the person or of a service', async () => {
    const home = folder();
    const answers: ControlAnswer[] = [
      { kind: 'refused', sentence: 'no m9' },
      { kind: 'refused', sentence: 'm0 signer did not start', service: 'm0 signer' },
    ];
    await using _server = await served(home, async () => answers.shift() ?? DONE);
    const ask = () => askFederation(home, { verb: 'restart', member: 'm0' });
    await assert.rejects(ask(), { message: 'no m9', detail: { code: 'CLI_INVALID_INPUT' } });
    const detail = { code: 'CLI_SERVICE_FAILED', service: 'm0 signer' };
    await assert.rejects(ask(), { message: 'm0 signer did not start', detail });
  });

  test('tells a caller that waits when it stops, and takes the place of one that died', async () => {
    const home = folder();
    const gate = Promise.withResolvers<void>();
    const first = await served(home, async () => {
      await gate.promise;
      return DONE;
    });
    const waiting = askFederation(home, { verb: 'list' });
    await until('the caller', async () => isServed(controlSocketIn(home)));
    const refused = assert.rejects(waiting, /the federation gave no answer: it is stopping, or is stuck/);
    const stopping = first.stop();
    gate.resolve();
    await stopping;
    await refused;
    await using _second = await served(home);
    assert.deepEqual(await askFederation(home, { verb: 'list' }), DONE);
  });
});

describe('a federation that runs', () => {
  test('is missed by the name of its folder, with the line that starts one', async () => {
    const home = folder();
    const detail = { code: 'CLI_UNREACHABLE' };
    const message = `no federation runs in ${home}: start one with "npm start -- --home ${home}"`;
    await assert.rejects(askFederation(home, { verb: 'list' }), { message, detail });
    writeFileSync(join(home, 'conf.yaml'), '');
    await assert.rejects(
      askFederation(home, { verb: 'list' }),
      /is the home of one member: name the folder above/,
    );
  });

  test('behind a path that is no socket is told from one that does not run', async () => {
    const path = join(folder(), 'file', 'up.sock');
    writeFileSync(join(path, '..'), '');
    await assert.rejects(
      askControl(path, { verb: 'list' }, 'none'),
      /file\/up\.sock cannot be used: what should be/,
    );
  });

  test('in a scratch folder of this user is found without its name', async () => {
    const scratch = newScratchFolder();
    try {
      assert.equal(statSync(scratch).mode & 0o777, 0o700);
      const place = join(scratch, '..');
      assert.ok(!scratchFederations(place).includes(scratch));
      await using _server = await served(scratch);
      assert.ok(scratchFederations(place).includes(scratch));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });

  test('is not looked for in files that only have such a name', () => {
    const place = folder();
    writeFileSync(join(place, 'btcfed-file'), '');
    mkdirSync(join(place, 'btcfed-folder', 'run'), { recursive: true });
    writeFileSync(controlSocketIn(join(place, 'btcfed-folder')), '');
    assert.deepEqual(scratchFederations(place), []);
  });
});
