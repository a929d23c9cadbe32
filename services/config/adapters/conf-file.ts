import { chmod } from 'node:fs/promises';
import { AppError } from '#libs/errors/app-error.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import type { Logger } from '#libs/log/logger.ts';
import { defaultConfYaml, withGeneratedKey } from '#libs/settings/conf-text.ts';
import { hasPrivateKey, type ParsedConf, parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { CONF_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { ConfigurationError } from '../core/errors.ts';
import { problemOf, readTextFile } from './text-file.ts';

export const CONF_FILE_NAME = 'conf.yaml';

/** conf.yaml holds the private key: nobody but its owner reads it (P2P-66). */
const CONF_MODE = 0o600;
const OTHERS = 0o077;

/**
 * Reads conf.yaml at start. A missing file is written with the defaults, a missing private key is generated and
 * added; both are checked before they are written, so that a broken file is never overwritten (7.2 row 24).
 *
 * @throws ConfigurationError whose message is the promised text for stderr (requirements 2.2).
 */
export async function openConfFile(path: string, log: Logger): Promise<ParsedConf> {
  const text = await readText(path, log);
  if (text === undefined) return createConfFile(path, log);
  if (refusing(() => hasPrivateKey(text))) return refusing(() => parseConfYaml(text));
  return addPrivateKey(path, text, log);
}

/**
 * Reads conf.yaml of a running node; changes nothing but a file mode that is too open.
 *
 * @throws ConfigurationError as `openConfFile`.
 */
export async function readConfFile(path: string, log: Logger): Promise<ParsedConf> {
  const text = await readText(path, log);
  if (text === undefined) throw refused(`failed to read config file ${CONF_FILE_NAME}: it is gone`);
  return refusing(() => parseConfYaml(text));
}

async function createConfFile(path: string, log: Logger): Promise<ParsedConf> {
  const text = defaultConfYaml(IdentityKey.generate().secretBase64());
  const parsed = refusing(() => parseConfYaml(text));
  await write(path, text, 'failed to create default config file');
  log.info('default configuration written', {
    file: CONF_FILE_NAME,
    peerId: parsed.configuration.identity.peerId,
  });
  return parsed;
}

async function addPrivateKey(path: string, text: string, log: Logger): Promise<ParsedConf> {
  const withKey = refusing(() => withGeneratedKey(text, IdentityKey.generate().secretBase64()));
  const parsed = refusing(() => parseConfYaml(withKey));
  await write(path, withKey, 'failed to save config with generated private key');
  log.info('identity generated', { file: CONF_FILE_NAME, peerId: parsed.configuration.identity.peerId });
  return parsed;
}

async function readText(path: string, log: Logger): Promise<string | undefined> {
  try {
    const file = await readTextFile(path, CONF_TEXT_BYTES_MAX);
    if (file !== undefined && (file.mode & OTHERS) !== 0) await tighten(path, file.mode, log);
    return file?.text;
  } catch (error) {
    throw refused(`failed to read config file ${CONF_FILE_NAME}: ${problemOf(error)}`, error);
  }
}

async function tighten(path: string, mode: number, log: Logger): Promise<void> {
  const fields = { file: CONF_FILE_NAME, mode: mode.toString(8).padStart(4, '0') };
  try {
    await chmod(path, CONF_MODE);
    log.warn('configuration file was open to others, mode set to 0600', fields);
  } catch (error) {
    log.error('configuration file is open to others and its mode cannot be changed', error, fields);
  }
}

async function write(path: string, text: string, failure: string): Promise<void> {
  try {
    await writeFileAtomic(path, text, CONF_MODE);
  } catch (error) {
    throw refused(`${failure}: ${problemOf(error)}`, error);
  }
}

/** Runs a parser of libs/settings and puts what it refuses behind the prefix of stderr. */
function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AppError) throw refused(error.message, error);
    throw error;
  }
}

function refused(problem: string, cause?: unknown): ConfigurationError {
  const options = cause === undefined ? {} : { cause };
  return new ConfigurationError(
    `Failed to load configuration: ${problem}`,
    { code: 'CONFIG_CONF_REFUSED' },
    options,
  );
}
