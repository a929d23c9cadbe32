import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLog } from '#libs/log/open-log.ts';
import { confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { NO_PEERS } from '#libs/settings/peers-yaml.ts';
import type { Configuration } from '../core/configuration.ts';
import { ownLogging } from './own-logging.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64();

function configuration(logLevel: string): Configuration {
  const { configuration: node, warnings } = parseConfYaml(confYaml({ privateKey, logLevel }));
  return { node, warnings, peers: NO_PEERS, generation: 1n };
}

test('P2P-55 P2P-63 the config service takes its own log over at the commit, and refuses a file that cannot be written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-own-logging-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { control } = openLog({
    service: 'config',
    settings: { level: 'info', console: 'off', file: undefined },
    place: { folder, terminal: 'none' },
  });
  const own = ownLogging(control);
  await own.prepare(configuration('error'));
  await own.rollBack();
  assert.equal(control.settings.level, 'info');
  await own.prepare(configuration('error'));
  await own.commit();
  const { level, file } = control.settings;
  assert.deepEqual([level, file?.path], ['error', join(folder, 'btc-federation.log')]);

  const { control: elsewhere } = openLog({
    service: 'config',
    settings: { level: 'info', console: 'off', file: undefined },
    place: { folder: join(folder, 'none'), terminal: 'none' },
  });
  await assert.rejects(ownLogging(elsewhere).prepare(configuration('error')), {
    message: /^config refuses: logging\.file_name: /,
    detail: { code: 'CONFIG_PARTICIPANT_REFUSED', class: 'configuration', service: 'config' },
  });
});
