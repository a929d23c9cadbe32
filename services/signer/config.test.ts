import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from '#libs/service/load-config.ts';
import { signerConfig } from './config.ts';

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
      SIGNER_PROTOCOL: 'hotstuff',
      SIGNER_BACKEND: 'auto',
      SIGNER_NICENESS: 0,
    });
  });

  for (const [name, change] of [
    ['SIGNER_FOLDER', { SIGNER_FOLDER: 'relative/folder' }],
    ['SIGNER_TLS_KEY', { SIGNER_TLS_KEY: undefined }],
    ['SIGNER_LISTEN', { SIGNER_LISTEN: 'unix:/run/signer.sock' }],
    ['SIGNER_BACKEND', { SIGNER_BACKEND: 'fastest' }],
    ['SIGNER_CLIENT_NAME', { SIGNER_CLIENT_NAME: '' }],
    ['SIGNER_KEY', { SIGNER_KEY: 'a typo' }],
  ] as const) {
    test(`are refused by the name of the bad one: ${name}`, () => {
      assert.throws(() => loadConfig('signer', signerConfig, { ...minimal, ...change }), new RegExp(name));
    });
  }
});
