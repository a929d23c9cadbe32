import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ControlSocket } from '#services/launcher/adapters/control-socket.ts';
import type { ControlAnswer, ControlRequest } from '#services/launcher/core/control-messages.ts';
import { CONTROL_VERBS } from '#services/launcher/core/control-messages.ts';
import { controlSocketIn } from '#services/launcher/core/member-home.ts';
import { runCommandLine as run } from '#test/support/programs/command-line.ts';

const home = mkdtempSync(join(tmpdir(), 'btcfed-verbs-'));
const heard: ControlRequest[] = [];
let answer: ControlAnswer = { kind: 'done', services: ['gateway'] };
const server = new ControlSocket({
  path: controlSocketIn(home),
  answer: async (request) => {
    heard.push(request);
    return answer;
  },
});

describe('btcfed up, to a federation that runs', () => {
  before(() => server.start());
  after(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  for (const verb of CONTROL_VERBS) {
    test(`${verb} asks for just that, and answers in words and in JSON`, async () => {
      answer = { kind: 'done', services: ['gateway'] };
      const text = await run('up', verb, 'm2', '--service', 'gateway', '--home', home);
      assert.deepEqual(heard.splice(0), [{ verb, member: 'm2', service: 'gateway' }]);
      assert.deepEqual([text.code, text.notes], [0, '']);
      assert.match(text.out, /^(?:killed|restarted|paused|resumed): gateway of m2/);
      const json = await run('up', verb, 'm2', '--home', home, '--json');
      assert.deepEqual(heard.splice(0), [{ verb, member: 'm2' }]);
      assert.deepEqual(JSON.parse(json.out), { verb, member: 'm2', services: ['gateway'] });
    });
  }

  test('kill says the line that brings the member back, with the folder of the federation', async () => {
    answer = { kind: 'done', services: ['config', 'signer'] };
    const { out } = await run('up', 'kill', 'm2', '--home', home);
    assert.equal(out, `killed: config, signer of m2; down until: btcfed up restart m2 --home ${home}`);
  });

  test('list shows members, services, process ids and states', async () => {
    const services = [{ service: 'consensus', state: 'running', pid: 7 }] as const;
    const members = [{ name: 'm0', clientAddress: '127.0.0.1:7101', services }];
    answer = { kind: 'listed', members };
    assert.match(
      (await run('up', 'list', '--home', home)).out,
      /^m0 +consensus +7 +runs, serves clients at 127/,
    );
    assert.deepEqual(JSON.parse((await run('up', 'list', '--home', home, '--json')).out), { members });
  });

  test('list shows the nats-server that all members share', async () => {
    const natsServer = { state: 'running', pid: 8 } as const;
    answer = { kind: 'listed', members: [], natsServer };
    assert.match((await run('up', 'list', '--home', home)).out, /^all +nats-server +8 +runs$/);
    assert.deepEqual(JSON.parse((await run('up', 'list', '--home', home, '--json')).out), {
      members: [],
      natsServer,
    });
  });

  test('tells a refusal with exit code 1, and its code in JSON', async () => {
    answer = {
      kind: 'refused',
      sentence: 'no member of this federation is called "m9": its members are m0, m1',
    };
    const { code, out, notes } = await run('up', 'kill', 'm9', '--home', home, '--json');
    const { error } = JSON.parse(out);
    assert.deepEqual([code, error.code, notes], [1, 'CLI_INVALID_INPUT', `btcfed: ${error.message}`]);
    assert.match(notes, /is called "m9": its members are m0, m1$/);
  });

  test('refuses a service that no member has, options before the verb and a second member, and asks for nothing', async () => {
    heard.splice(0);
    const wrong = await run('up', 'kill', 'm2', '--service', 'nats', '--home', home);
    assert.deepEqual(
      [wrong.code, /Allowed choices are config, signer, gateway/.test(wrong.notes)],
      [64, true],
    );
    const early = await run('up', '--home', home, 'kill', 'm2');
    assert.equal(early.code, 1);
    assert.match(
      early.notes,
      /^btcfed: --home stands before "kill": put options behind it, as in "btcfed up kill … --home <dir>"$/,
    );
    const more = await run('up', 'kill', 'm2', 'm3', '--home', home);
    assert.equal(more.notes, 'btcfed: "m3" is one word too many: see "btcfed up kill --help"');
    assert.deepEqual(heard, []);
  });
});

test('btcfed up has exit code 3 where no federation runs, and says how to start one', async () => {
  const nowhere = mkdtempSync(join(tmpdir(), 'btcfed-nowhere-'));
  const { code, notes } = await run('up', 'kill', 'm2', '--home', nowhere);
  rmSync(nowhere, { recursive: true, force: true });
  assert.equal(code, 3);
  assert.equal(
    notes,
    `btcfed: no federation runs in ${nowhere}: start one with "npm start -- --home ${nowhere}"`,
  );
});

test('btcfed up refuses a word that is no verb, and names them', async () => {
  const { code, notes } = await run('up', 'partition', 'm2');
  assert.equal(code, 1);
  assert.match(
    notes,
    /"up" takes options, or list, kill, restart, pause, resume and a member; "partition" is none/,
  );
});
