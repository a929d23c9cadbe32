import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from '#libs/service/load-config.ts';
import { signerConfig } from './config.ts';
import { coreConfig } from './config-core.ts';
import { edgeConfig } from './config-edge.ts';

const minimal = {
  SIGNER_FOLDER: '/var/lib/btcfed/signer',
  SIGNER_TLS_CA: '/etc/btcfed/ca.crt',
  SIGNER_TLS_CERT: '/etc/btcfed/signer.crt',
  SIGNER_TLS_KEY: '/etc/btcfed/signer.key',
};

describe('the settings of the signer', () => {
  test('have safe defaults', () => {
    const { config } = loadConfig('signer', signerConfig, { ...minimal, OTHER: 'ignored' });
    assert.deepEqual(config, {
      ...minimal,
      SIGNER_LISTEN: '127.0.0.1:7102',
      SIGNER_CLIENT_NAME: 'consensus',
      SIGNER_CLIENT_CERTS: [],
      SIGNER_PROTOCOL: 'hotstuff',
      SIGNER_BACKEND: 'auto',
      SIGNER_SIGNING: 'hedged',
      SIGNER_NICENESS: 0,
    });
  });

  for (const [name, change] of [
    ['SIGNER_FOLDER', { SIGNER_FOLDER: 'relative/folder' }],
    ['SIGNER_TLS_KEY', { SIGNER_TLS_KEY: undefined }],
    ['SIGNER_LISTEN', { SIGNER_LISTEN: 'unix:/run/signer.sock' }],
    ['SIGNER_BACKEND', { SIGNER_BACKEND: 'fastest' }],
    ['SIGNER_SIGNING', { SIGNER_SIGNING: 'random' }],
    ['SIGNER_CLIENT_NAME', { SIGNER_CLIENT_NAME: '' }],
    ['SIGNER_CLIENT_CERTS', { SIGNER_CLIENT_CERTS: '/a.crt,b.crt' }],
    ['SIGNER_CLIENT_CERTS', { SIGNER_CLIENT_CERTS: '/a.crt,/b.crt,/c.crt' }],
    ['SIGNER_MIRROR_FILE', { SIGNER_MIRROR_FILE: 'mirror' }],
    ['SIGNER_KEY', { SIGNER_KEY: 'a typo' }],
  ] as const) {
    test(`are refused by the name of the bad one: ${name}`, () => {
      assert.throws(() => loadConfig('signer', signerConfig, { ...minimal, ...change }), new RegExp(name));
    });
  }
});

describe('the settings of edge and core', () => {
  const core = { SIGNER_CORE_SOCKET: '/run/btcfed/core.sock', SIGNER_CORE_FOLDER: '/var/lib/btcfed' };
  const edge = {
    SIGNER_EDGE_CORE: '/run/btcfed/core.sock',
    SIGNER_EDGE_TLS_CA: '/etc/btcfed/ca.crt',
    SIGNER_EDGE_TLS_CERT: '/etc/btcfed/signer.crt',
    SIGNER_EDGE_TLS_KEY: '/etc/btcfed/signer.key',
    SIGNER_EDGE_CLIENT_CERTS: '/etc/btcfed/consensus.crt,/etc/btcfed/next.crt',
  };

  test('are each its own', () => {
    const { config } = loadConfig('signer-core', coreConfig, { ...core, ...edge });
    assert.equal(config.SIGNER_CORE_PROTOCOL, 'hotstuff');
    const { config: found } = loadConfig('signer-edge', edgeConfig, { ...core, ...edge });
    assert.equal(found.SIGNER_EDGE_CLIENT_CERTS.length, 2);
  });

  test('let the core listen on nothing but its socket', () => {
    const metrics = { SIGNER_CORE_METRICS_LISTEN: '127.0.0.1:9100' };
    assert.throws(() => loadConfig('signer-core', coreConfig, { ...core, ...metrics }), /scrape the edge/);
    const tracing = { SIGNER_CORE_TRACING_ENDPOINT: 'http://127.0.0.1:4318' };
    assert.throws(() => loadConfig('signer-core', coreConfig, { ...core, ...tracing }), /trace the edge/);
  });

  test('let nobody in at the edge whose key is not pinned', () => {
    const open = { ...edge, SIGNER_EDGE_CLIENT_CERTS: '' };
    assert.throws(() => loadConfig('signer-edge', edgeConfig, open), /SIGNER_EDGE_CLIENT_CERTS/);
  });
});
