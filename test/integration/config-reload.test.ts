import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  type Configuration,
  ReloadOutcome,
  ReloadPhase,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import { checkBindable } from '#libs/reload/bind-check.ts';
import { ReloadParticipant } from '#libs/reload/reload-participant.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';
import { confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { takePort } from '#test/support/network/taken-port.ts';
import { configProcess, peersText, says, untilTrue } from '#test/support/programs/config-process.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(12)).secretBase64();

type Own = Awaited<ReturnType<typeof configProcess>>;

async function running(t: TestContext, values: Partial<Parameters<typeof confYaml>[0]> = {}) {
  const own = await configProcess(t);
  await writeFile(own.conf, confYaml({ privateKey, ...values }), { mode: 0o600 });
  const process = own.run();
  await says(process, 'service started');
  return { ...own, process };
}

/** A participant of a service, and the levels and refusals that went through it. */
function part(notes: string[], refuse: () => string | undefined = () => undefined) {
  return {
    prepare: async ({ logging }: Configuration) => {
      const level = logging?.level;
      const reason = refuse();
      if (reason !== undefined) throw new Error(reason);
      notes.push(`prepare ${level}`);
      return {
        commit: () => void notes.push(`commit ${level}`),
        rollBack: () => void notes.push(`roll back ${level}`),
      };
    },
  };
}

/** Refuses addresses that cannot be bound, as a gateway does. */
const binder: Reloadable<Configuration> = {
  prepare: async ({ networkAddresses }) => {
    for (const address of networkAddresses) await checkBindable(address);
    return { commit: () => {}, rollBack: () => {} };
  },
};

async function takePart(
  t: TestContext,
  { home, client }: Own,
  service: string,
  parts: readonly Reloadable<Configuration>[],
) {
  const address = `unix:${join(home, 'run', 'config.sock')}`;
  const participant = new ReloadParticipant({ address, service, parts, log: memoryLogger() });
  await participant.start();
  t.after(() => participant.stop());
  await untilTrue(async () => (await client.getStatus({})).participants.includes(service));
  return participant;
}

/** Reloads, and gives the report of the reload that did it: the watch of the files may have been quicker. */
async function reloaded({ client }: Own) {
  await client.reload({});
  return (await client.getStatus({})).lastReload;
}

/** The watch of the files may be in a reload of its own just now. */
async function untilPhase({ client }: Own, phase: ReloadPhase): Promise<void> {
  await untilTrue(async () => (await client.getStatus({})).phase === phase);
}

describe('a reload over real streams', () => {
  test('P2P-55 P2P-57 P2P-60 P2P-62 every service takes it over, a copy is kept, and the report says so', async (t) => {
    const own = await running(t);
    const before = await readFile(own.conf, 'utf8');
    const [signer, consensus]: [string[], string[]] = [[], []];
    await takePart(t, own, 'signer', [part(signer)]);
    await takePart(t, own, 'consensus', [part(consensus)]);
    await writeFile(own.conf, confYaml({ privateKey, logLevel: 'debug' }));
    const report = await reloaded(own);
    assert.deepEqual(
      [report?.outcome, report?.liveKeys, report?.generation, report?.reason],
      [ReloadOutcome.COMMITTED, ['logging.level'], 2n, ''],
    );
    const steps = ['prepare info', 'commit info', 'prepare debug', 'commit debug'];
    assert.deepEqual([signer, consensus], [steps, steps]);
    await untilPhase(own, ReloadPhase.IDLE);
    assert.deepEqual((await own.client.getStatus({})).participants, ['config', 'signer', 'consensus']);
    const copies = (await readdir(own.home)).filter((name) => name.startsWith('conf.yaml.backup.'));
    assert.equal(await readFile(join(own.home, copies[0] ?? ''), 'utf8'), before);
  });

  test('P2P-57 P2P-63 an address that is taken is refused, and all services run what they ran', async (t) => {
    const taken = await takePort();
    t.after(taken.release);
    const own = await running(t, { networkAddresses: ['/ip4/127.0.0.1/tcp/1'] });
    const notes: string[] = [];
    await takePart(t, own, 'signer', [part(notes)]);
    await takePart(t, own, 'gateway', [binder]);
    const networkAddresses = [`/ip4/127.0.0.1/tcp/${taken.port}`];
    await writeFile(own.conf, confYaml({ privateKey, networkAddresses, logLevel: 'debug' }));
    const report = await reloaded(own);
    assert.deepEqual([report?.outcome, report?.generation], [ReloadOutcome.ROLLED_BACK, 1n]);
    assert.equal(
      report?.reason,
      `gateway refuses: network.addresses: cannot listen on ${networkAddresses[0]}: the port is in use: stop the other program, or take another port`,
    );
    assert.deepEqual(notes.slice(2, 4), ['prepare debug', 'roll back debug']);
    assert.equal((await own.client.getConfiguration({})).configuration?.logging?.level, 'info');
    await untilPhase(own, ReloadPhase.FAILED);
  });

  test('P2P-57 a service that comes later is told what is in force, and one that leaves is not waited for', async (t) => {
    const own = await running(t);
    const gone: string[] = [];
    const leaver = await takePart(t, own, 'consensus', [part(gone)]);
    // The config service counts a participant as soon as it is told the configuration, which it then has to take over.
    await untilTrue(async () => gone.length === 2);
    await leaver.stop();
    await writeFile(own.conf, confYaml({ privateKey, logLevel: 'warn' }));
    const report = await reloaded(own);
    assert.equal(report?.outcome, ReloadOutcome.COMMITTED);
    const late: string[] = [];
    await takePart(t, own, 'consensus', [part(late)]);
    await untilTrue(async () => late.length === 2);
    assert.deepEqual(
      [gone, late],
      [
        ['prepare info', 'commit info'],
        ['prepare warn', 'commit warn'],
      ],
    );
  });

  test('P2P-67 learned peers come on the same stream, also to a service that cannot take over the rest', async (t) => {
    const own = await running(t);
    const refusal = { text: undefined as string | undefined };
    const counts: number[] = [];
    const log = memoryLogger();
    const gateway = () =>
      new ReloadParticipant({
        address: `unix:${join(own.home, 'run', 'config.sock')}`,
        service: 'gateway',
        parts: [part([], () => refusal.text)],
        takePeers: async (peers) => void counts.push(peers.length),
        log,
      });
    const first = gateway();
    await first.start();
    await untilTrue(async () => (await own.client.getStatus({})).participants.includes('gateway'));
    const seen = (fill: number) => ({
      publicKey: new Uint8Array(32).fill(fill),
      addresses: [`/ip4/10.0.0.${fill}/tcp/1`],
      lastSeenS: 1n,
      learned: true,
    });
    await own.client.updatePeers({ seen: [seen(1)], removedPublicKeys: [] });
    await untilTrue(async () => counts.join() === '1');
    await own.client.updatePeers({ seen: [seen(2)], removedPublicKeys: [seen(1).publicKey] });
    await own.client.updatePeers({ seen: [seen(3)], removedPublicKeys: [] });
    await untilTrue(async () => counts.at(-1) === 2);
    await first.stop();
    counts.length = 0;
    refusal.text = 'not here';
    const second = gateway();
    await second.start();
    t.after(() => second.stop());
    await untilTrue(async () => counts.join() === '2');
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      ['the configuration in force cannot be taken over'],
    );
  });

  test('P2P-58 P2P-67 twenty signals in a burst while peers are learned: one valid end, no peer lost', async (t) => {
    const own = await running(t);
    const notes: string[] = [];
    await takePart(t, own, 'gateway', [part(notes)]);
    const levels = ['debug', 'warn', 'error'];
    for (let round = 0; round < 20; round++) {
      const logLevel = round === 19 ? 'info' : (levels[round % 3] ?? '');
      await writeFile(
        own.conf,
        confYaml({ privateKey, logLevel, connectionTimeoutMs: 10_000 + round * 1_000 }),
      );
      own.process.child.kill('SIGHUP');
      const publicKey = new Uint8Array(32).fill(100 + round);
      const peer = { publicKey, addresses: ['/ip4/10.0.0.1/tcp/1'], lastSeenS: 1n, learned: true };
      await own.client.updatePeers({ seen: [peer], removedPublicKeys: [] });
    }
    const report = await reloaded(own);
    assert.notEqual(report?.outcome, ReloadOutcome.REFUSED);
    const { configuration } = await own.client.getConfiguration({});
    assert.deepEqual(
      [configuration?.logging?.level, configuration?.connectionTimeoutMs, configuration?.peers.length],
      ['info', 29_000n, 20],
    );
    for (let index = 0; index < notes.length; index += 2) {
      const level = notes[index]?.split(' ')[1];
      assert.deepEqual(notes.slice(index, index + 2), [`prepare ${level}`, `commit ${level}`]);
    }
    own.process.child.kill('SIGTERM');
    assert.equal(await own.process.exit(), 0);
    assert.equal(parsePeersYaml(await readFile(own.peers, 'utf8')).peers.length, 20);
  });

  test('P2P-59 SIGTERM in the middle of reloads and saves leaves valid files and exit code 0', async (t) => {
    const own = await running(t);
    await takePart(t, own, 'gateway', [part([])]);
    await writeFile(own.conf, confYaml({ privateKey, logLevel: 'debug' }));
    own.process.child.kill('SIGHUP');
    const peer = { publicKey: new Uint8Array(32).fill(5), addresses: ['/ip4/10.0.0.1/tcp/1'] };
    await own.client.updatePeers({
      seen: [{ ...peer, lastSeenS: 1n, learned: true }],
      removedPublicKeys: [],
    });
    own.process.child.kill('SIGTERM');
    assert.equal(await own.process.exit(), 0);
    assert.equal(parseConfYaml(await readFile(own.conf, 'utf8')).configuration.logging.level, 'debug');
    assert.equal(parsePeersYaml(await readFile(own.peers, 'utf8')).peers.length, 1);
    assert.deepEqual(
      (await readdir(own.home)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

describe('peers over the API', () => {
  test('P2P-31 P2P-44 learned peers survive a restart, and comments of a person too', async (t) => {
    const own = await configProcess(t);
    await writeFile(own.peers, `# hand-made\n${peersText(1)}`);
    const first = own.run();
    await says(first, 'service started');
    const seen = [
      {
        publicKey: new Uint8Array(32).fill(2),
        addresses: ['/ip4/10.0.0.2/tcp/2'],
        lastSeenS: 7n,
        learned: true,
      },
      { publicKey: new Uint8Array(16), addresses: ['/ip4/10.0.0.2/tcp/2'], lastSeenS: 7n, learned: true },
      { publicKey: new Uint8Array(32).fill(3), addresses: [], lastSeenS: 7n, learned: true },
    ];
    const { rejected, peerCount } = await own.client.updatePeers({ seen, removedPublicKeys: [] });
    assert.deepEqual([rejected.map(({ index }) => index), peerCount], [[1, 2], 2]);
    assert.deepEqual(
      (await own.client.getPeer({ publicKey: seen[0]?.publicKey ?? new Uint8Array() })).peer?.addresses,
      ['/ip4/10.0.0.2/tcp/2'],
    );
    await assert.rejects(own.client.getPeer({ publicKey: new Uint8Array(32).fill(9) }), {
      detail: {
        code: 'REMOTE_CALL_FAILED',
        method: 'btcfed.config.v1.ConfigService/GetPeer',
        status: 'NOT_FOUND',
        errorCode: 'CONFIG_PEER_UNKNOWN',
      },
    });
    first.child.kill('SIGTERM');
    assert.equal(await first.exit(), 0);
    assert.match(await readFile(own.peers, 'utf8'), /^# hand-made\n/);

    const second = own.run();
    await says(second, 'service started');
    const { configuration } = await own.client.getConfiguration({});
    assert.deepEqual(
      configuration?.peers.map(({ publicKey, lastSeenS, learned }) => [publicKey[0], lastSeenS, learned]),
      [
        [1, 0n, false],
        [2, 7n, true],
      ],
    );
  });

  test('P2P-43 parallel writers and readers never see a torn list', async (t) => {
    const own = await running(t);
    const write = async (fill: number) => {
      const seen = Array.from({ length: 5 }, (_, index) => ({
        publicKey: new Uint8Array(32).fill(fill * 5 + index),
        addresses: ['/ip4/10.0.0.1/tcp/1'],
        lastSeenS: 1n,
        learned: true,
      }));
      await own.client.updatePeers({ seen, removedPublicKeys: [] });
    };
    const read = async () => {
      const { configuration } = await own.client.getConfiguration({});
      assert.equal((configuration?.peers.length ?? 1) % 5, 0);
    };
    await Promise.all([0, 1, 2, 3, 4].flatMap((fill) => [write(fill), read(), read()]));
    assert.equal((await own.client.getStatus({})).peerCount, 25);
  });

  test('P2P-37 P2P-32 an edit from outside changes the checksum that is told', async (t) => {
    const own = await running(t);
    const { peersChecksum, confChecksum } = await own.client.getStatus({});
    assert.equal(peersChecksum, '');
    assert.match(confChecksum, /^[0-9a-f]{64}$/);
    await writeFile(own.peers, peersText(1));
    await own.client.reload({});
    const after = await own.client.getStatus({});
    assert.match(after.peersChecksum, /^[0-9a-f]{64}$/);
    assert.deepEqual([after.confChecksum, after.peerCount], [confChecksum, 1]);
    const text = await readFile(own.peers, 'utf8');
    await writeFile(own.peers, `${text}#`);
    await own.client.reload({});
    const { peersChecksum: oneByteLater } = await own.client.getStatus({});
    assert.equal(oneByteLater, createHash('sha256').update(`${text}#`).digest('hex'));
  });

  test('refuses who takes part under another name', async (t) => {
    const own = await running(t);
    const call = own.client.participate({});
    call.send({ message: { $case: 'introduction', value: { service: 'mallory' } } });
    await assert.rejects(call.responses[Symbol.asyncIterator]().next(), /must introduce one of/);
  });
});
