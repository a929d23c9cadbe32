import { chmod } from 'node:fs/promises';
import { AppError } from '#libs/errors/app-error.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { exposureText } from '#libs/key-files/exposure.ts';
import { folderExposure } from '#libs/key-files/private-path.ts';
import type { Logger } from '#libs/log/logger.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { confText, hasPrivateKey, type ParsedConf, parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { withGeneratedKey } from '#libs/settings/generated-key.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { CONF_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { SettingsError } from '#libs/settings/settings-error.ts';
import { ConfigurationError, errorClassOf } from './configuration-error.ts';
import { FileImage } from './file-image.ts';
import { problemOf, readSettingsFile } from './settings-file.ts';
import { whileAlone } from './settings-lock.ts';

export const CONF_FILE_NAME = 'conf.yaml';

/** conf.yaml holds the private key: nobody but its owner reads it (P2P-66). */
const CONF_MODE = 0o600;
const OTHERS = 0o077;

/** conf.yaml, and the file it was read from. */
export interface LoadedConf extends ParsedConf {
  readonly image: FileImage;
}

/**
 * Reads conf.yaml at start. A missing file is written with the defaults, a missing private key is generated and
 * added; both are checked before they are written, so that a broken file is never overwritten
 * (test/requirements/contradictions.md row 24).
 *
 * @throws ConfigurationError whose message is the promised text for stderr (test/requirements/texts.md 2.2).
 */
export async function openConfFile(path: string, log: Logger): Promise<LoadedConf> {
  const exposure = folderExposure(path);
  if (exposure !== undefined) throw refused(exposureText(exposure));
  const text = await readText(path, log);
  if (text === undefined) return createConfFile(path, log);
  if (refusing(() => hasPrivateKey(text))) return loaded(text);
  return addPrivateKey(path, text, log);
}

/**
 * Reads conf.yaml as it is; changes nothing but a file mode that is too open.
 *
 * @throws ConfigurationError as `openConfFile`.
 */
export async function readConfFile(path: string, log: Logger): Promise<LoadedConf> {
  const text = await readText(path, log);
  if (text !== undefined) return loaded(text);
  throw refused(`failed to read config file ${CONF_FILE_NAME}: it is gone`);
}

function loaded(text: string): LoadedConf {
  return { ...refusing(() => parseConfYaml(text)), image: FileImage.of(text) };
}

async function createConfFile(path: string, log: Logger): Promise<LoadedConf> {
  const conf = loaded(defaultConfYaml(IdentityKey.generate().secretBase64()));
  await write(path, conf.image.text ?? '', 'failed to create default config file');
  log.info('default configuration written', {
    file: CONF_FILE_NAME,
    peer_id: conf.configuration.identity.peerId,
  });
  return conf;
}

async function addPrivateKey(path: string, text: string, log: Logger): Promise<LoadedConf> {
  const conf = loaded(refusing(() => withGeneratedKey(text, IdentityKey.generate().secretBase64())));
  await write(path, conf.image.text ?? '', 'failed to save config with generated private key');
  log.info('identity generated', { file: CONF_FILE_NAME, peer_id: conf.configuration.identity.peerId });
  return conf;
}

async function readText(path: string, log: Logger): Promise<string | undefined> {
  const bytes = await readBytes(path, log);
  return bytes === undefined ? undefined : refusing(() => confText(bytes));
}

async function readBytes(path: string, log: Logger): Promise<Uint8Array | undefined> {
  try {
    const file = await readSettingsFile(path, CONF_TEXT_BYTES_MAX);
    if (file !== undefined && (file.mode & OTHERS) !== 0) await tighten(path, file.mode, log);
    return file?.bytes;
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
    await whileAlone(path, () => writeFileAtomic(path, text, CONF_MODE));
  } catch (error) {
    throw refused(`${failure}: ${problemOf(error)}`, error);
  }
}

/** Runs a parser of libs/settings and puts its refusal behind the prefix of stderr. */
function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const plain = error instanceof SettingsError ? error.inFile(CONF_FILE_NAME) : error.message;
    const detail = { code: 'CONFIG_CONF_REFUSED', class: 'configuration' } as const;
    throw new ConfigurationError(PREFIX + error.message, detail, { cause: error, plain });
  }
}

const PREFIX = 'Failed to load configuration: ';

function refused(problem: string, cause?: unknown): ConfigurationError {
  const detail = { code: 'CONFIG_CONF_REFUSED', class: errorClassOf(cause) } as const;
  return new ConfigurationError(PREFIX + problem, detail, {
    plain: problem,
    ...(cause === undefined ? {} : { cause }),
  });
}
