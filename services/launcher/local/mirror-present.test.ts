import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { memberPaths } from '../core/member-home.ts';
import { checkMirrorPresent } from './mirror-present.ts';

const member = (mirror: string | undefined, hasChain = true): LaunchFacts => ({
  ...{ name: 'm0', paths: memberPaths('/homes/m0'), chainId: 'local', hasChain, clientTls: undefined },
  ...{ clientAddress: '127.0.0.1:7101', signerAddress: '127.0.0.1:7102', natsUrl: undefined },
  log: { level: 'warn', console: 'off', file: undefined, place: { folder: '/logs', terminal: 'plain' } },
  passedOn: { SIGNER_MIRROR_FILE: mirror },
});

test('a node does not start while the mirror of its record is missing, and says what to do', () => {
  assert.throws(() => checkMirrorPresent(member('/mnt/away/m0.mirror')), {
    name: 'CliError',
    message:
      /^there is no \/mnt\/away\/m0\.mirror, which SIGNER_MIRROR_FILE names: mount its disk, or copy \/homes\/m0\/signer\/signer\.mirror there/,
  });
});

test('a node starts with a mirror that is there, with none of its own place, and without a chain', () => {
  checkMirrorPresent(member(fileURLToPath(import.meta.url)));
  checkMirrorPresent(member(undefined));
  checkMirrorPresent(member('/mnt/away/m0.mirror', false));
});
