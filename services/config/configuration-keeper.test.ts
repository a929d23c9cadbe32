import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type ConfTextValues, confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { NO_PEERS } from '#libs/settings/peers-yaml.ts';
import { ConfigurationKeeper } from './configuration-keeper.ts';
import type { Settings } from './core/configuration.ts';
import { ConfigurationError } from './core/errors.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64();

function settings(values: Partial<ConfTextValues> = {}, more: Partial<Settings> = {}): Settings {
  const { configuration, warnings } = parseConfYaml(confYaml({ privateKey, ...values }));
  return { node: configuration, peers: NO_PEERS, warnings, ...more };
}

/** A keeper over files that say whatever `files.now` says. */
async function keeperOf(first: Settings) {
  const log = memoryLogger();
  const published: bigint[] = [];
  const files = {
    now: async (): Promise<Settings> => first,
    reads: 0,
    open: async () => first,
    reload: async () => {
      files.reads += 1;
      return files.now();
    },
  };
  const events = { configurationChanged: (generation: bigint) => void published.push(generation) };
  const keeper = await ConfigurationKeeper.open({ files, events, log });
  return { keeper, files, log, published };
}

function messages(log: ReturnType<typeof memoryLogger>, level: string): string[] {
  return log.lines.filter((line) => line.level === level).map(({ message }) => message);
}

describe('ConfigurationKeeper', () => {
  test('P2P-55 puts a change into force, tells watchers and publishes it', async () => {
    const { keeper, files, log, published } = await keeperOf(settings());
    const watch = keeper.watch(new AbortController().signal)[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value.generation, 1n);
    files.now = async () => settings({ logLevel: 'debug' });
    await keeper.reload('SIGHUP');
    assert.equal(keeper.current.node.logging.level, 'debug');
    assert.equal((await watch.next()).value.generation, 2n);
    assert.deepEqual(published, [2n]);
    assert.deepEqual(messages(log, 'info'), ['configuration key changed', 'configuration in force']);
  });

  test('P2P-54 keeps the old configuration when the files are refused, with one error line', async () => {
    const { keeper, files, log, published } = await keeperOf(settings());
    const before = keeper.current;
    files.now = async () => {
      throw new ConfigurationError('Failed to load configuration: x', { code: 'CONFIG_CONF_REFUSED' });
    };
    await keeper.reload('file changed');
    assert.equal(keeper.current, before);
    assert.deepEqual(published, []);
    assert.deepEqual(messages(log, 'error'), ['configuration refused, the one in force stays']);
    assert.equal(log.lines.length, 1);

    files.now = async () => settings({ logLevel: 'warn' });
    await keeper.reload('file changed');
    assert.equal(keeper.current.generation, 2n);
  });

  test('P2P-58 merges a storm of requests into one reload that runs and one after it', async () => {
    const { keeper, files } = await keeperOf(settings());
    const gate = Promise.withResolvers<void>();
    let running = 0;
    files.now = async () => {
      running += 1;
      assert.equal(running, 1, 'two reloads at once');
      await gate.promise;
      running -= 1;
      return settings({ logLevel: files.reads === 2 ? 'error' : 'debug' });
    };
    const first = keeper.reload('SIGHUP');
    await new Promise(setImmediate);
    const all = [first, ...Array.from({ length: 20 }, () => keeper.reload('SIGHUP'))];
    gate.resolve();
    await Promise.all(all);
    assert.equal(files.reads, 2);
    assert.equal(keeper.current.node.logging.level, 'error');
  });

  test('P2P-58 never runs two reloads at once, whenever the requests come', async () => {
    const { keeper, files, log } = await keeperOf(settings());
    let running = 0;
    files.now = async () => {
      running += 1;
      assert.equal(running, 1, 'two reloads at once');
      if (files.reads < 5) void keeper.reload('SIGHUP');
      await new Promise(setImmediate);
      if (files.reads < 5) void keeper.reload('SIGHUP');
      running -= 1;
      return settings();
    };
    await keeper.reload('SIGHUP');
    assert.equal(files.reads, 5);
    assert.deepEqual(messages(log, 'error'), []);
  });

  test('waits for a running reload when it is closed', async () => {
    const { keeper, files, published } = await keeperOf(settings());
    files.now = async () => {
      await new Promise(setImmediate);
      return settings({ logLevel: 'debug' });
    };
    void keeper.reload('SIGHUP');
    await keeper.close();
    assert.deepEqual(published, [2n]);
  });

  test('says once that a key needs a restart, and again when it comes back', async () => {
    const { keeper, files, log } = await keeperOf(settings());
    files.now = async () => settings({ networkAddresses: ['/ip4/127.0.0.1/tcp/1'] });
    await keeper.reload('SIGHUP');
    await keeper.reload('SIGHUP');
    assert.deepEqual(messages(log, 'warn'), ['configuration key needs a restart']);
    assert.equal(keeper.current.generation, 1n);
    files.now = async () => settings();
    await keeper.reload('SIGHUP');
    files.now = async () => settings({ networkAddresses: ['/ip4/127.0.0.1/tcp/2'] });
    await keeper.reload('SIGHUP');
    assert.equal(messages(log, 'warn').length, 2);
  });

  test('P2P-33 names each filtered peer and each warning once, not at every reload', async () => {
    const rejected = Array.from({ length: 102 }, (_, index) => ({ index, reason: 'bad' }));
    const bad = settings({}, { peers: { peers: [], rejected }, warnings: ['odd'] });
    const { keeper, log } = await keeperOf(bad);
    const warnings = messages(log, 'warn');
    assert.equal(warnings.filter((message) => message === 'peer filtered').length, 100);
    assert.deepEqual(log.lines.at(-1)?.fields, { file: 'peers.yaml', count: 2 });
    assert.deepEqual(warnings[0], 'configuration warning');
    await keeper.reload('file changed');
    assert.equal(messages(log, 'warn').length, warnings.length);
  });

  test('is quiet about a file event that changed nothing, and answers SIGHUP', async () => {
    const { keeper, log } = await keeperOf(settings());
    await keeper.reload('file changed');
    assert.equal(log.lines.length, 0);
    await keeper.reload('SIGHUP');
    assert.deepEqual(messages(log, 'info'), ['configuration unchanged']);
  });

  test('ends the watches when it is closed', async () => {
    const { keeper } = await keeperOf(settings());
    const watch = keeper.watch(new AbortController().signal)[Symbol.asyncIterator]();
    await watch.next();
    const next = watch.next();
    await keeper.close();
    assert.equal((await next).done, true);
  });
});
