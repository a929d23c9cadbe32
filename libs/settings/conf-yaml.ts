import { AppError } from '#libs/errors/app-error.ts';
import { type ConfFault, circumstances, plainFault } from './conf-fault.ts';
import { loggingProblem, networkProblem, peersProblem } from './conf-rules.ts';
import { loggingOf, readConfValues } from './conf-values.ts';
import { fileVersion } from './file-version.ts';
import { IdentityKey } from './keys.ts';
import { CONF_TEXT_BYTES_MAX } from './limits.ts';
import { metricsProblem } from './metrics-rules.ts';
import { CONF_DEFAULTS, type NodeConfiguration } from './node-configuration.ts';
import { servicesProblem } from './services-rules.ts';
import { SettingsError } from './settings-error.ts';
import { tracingProblem } from './tracing-rules.ts';
import { unknownKeyWarnings } from './unknown-keys.ts';
import { utf8Text } from './utf8-text.ts';
import type { YamlPlace } from './yaml-place.ts';
import { type YamlSection, YamlTypeError } from './yaml-section.ts';
import { readYaml } from './yaml-source.ts';

/** The configuration in a conf.yaml, and warnings about valid but doubtful settings. */
export interface ParsedConf {
  readonly configuration: NodeConfiguration;
  readonly warnings: readonly string[];
}

/**
 * Reads and checks conf.yaml as upstream does: types first, then node, network, peers, logging in that order, and
 * the first error wins. `version` is looked at before all, and `services`, `metrics` and `tracing`, sections of ours, come last; `events` has nothing that a type does not say. Nothing is
 * merged with defaults (test/requirements/contradictions.md row 10).
 *
 * @throws SettingsError CONF_UNPARSABLE or CONF_INVALID. Its message is what follows
 * `Failed to load configuration: ` on stderr (test/requirements/texts.md 2.2). It never holds the private key.
 */
export function parseConfYaml(text: string): ParsedConf {
  const root = readRoot(text);
  checkVersion(root);
  const values = decode(() => readConfValues(root));
  const check = (section: string, fault: ConfFault | undefined): void => {
    if (fault !== undefined) throw invalid(section, fault, root.place(fault.key));
  };
  const identity = readIdentity(values.privateKey, (fault) => invalid('node', fault, root.place(fault.key)));
  check('network', networkProblem(values.addresses));
  check('peers', peersProblem(values));
  check('logging', loggingProblem(values.logging));
  check('services', servicesProblem(values.services));
  check('metrics', metricsProblem(values));
  check('tracing', tracingProblem(values.tracing));
  const configuration = {
    identity,
    networkAddresses: values.addresses,
    connectionTimeoutMs: values.connectionTimeoutMs,
    exchangeIntervalMs: values.exchangeIntervalMs ?? CONF_DEFAULTS.exchangeIntervalMs,
    delinquentTimeoutMs: values.delinquentTimeoutMs ?? CONF_DEFAULTS.delinquentTimeoutMs,
    logging: loggingOf(values.logging),
    services: values.services,
    metrics: values.metrics,
    events: values.events,
    tracing: { ...values.tracing, sample: Number(values.tracing.sample) },
  };
  return { configuration, warnings: [...identityWarnings(identity), ...unknownKeyWarnings(root)] };
}

/** The text of conf.yaml. @throws SettingsError CONF_UNPARSABLE of bytes that are not UTF-8. */
export function confText(bytes: Uint8Array): string {
  const read = utf8Text(bytes);
  if ('problem' in read) throw unparsable(read.problem);
  return read.text;
}

/** The warnings about unknown keys, also of a refused file: a typo may be the reason. */
export function unknownKeysOf(text: string): readonly string[] {
  const source = Buffer.byteLength(text) > CONF_TEXT_BYTES_MAX ? undefined : readYaml(text);
  return source === undefined || 'problem' in source ? [] : unknownKeyWarnings(source.root);
}

/**
 * Whether the file has a `node.private_key`. When not, one is to be generated: see `withGeneratedKey`.
 *
 * @throws SettingsError CONF_UNPARSABLE.
 */
export function hasPrivateKey(text: string): boolean {
  const root = readRoot(text);
  return decode(() => root.section('node').text('private_key')) !== '';
}

function readRoot(text: string): YamlSection {
  if (Buffer.byteLength(text) > CONF_TEXT_BYTES_MAX) {
    throw unparsable(
      `larger than ${CONF_TEXT_BYTES_MAX} bytes; a conf.yaml has a few thousand: put the right file back`,
    );
  }
  const source = readYaml(text);
  if ('problem' in source) throw unparsable(source.problem);
  return source.root;
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlTypeError) throw unparsable(error.message);
    throw error;
  }
}

/** Checks the version before everything else: the meaning of the other keys depends on it. */
function checkVersion(root: YamlSection): void {
  const result = decode(() => fileVersion(root));
  if (!('problem' in result)) return;
  const fault = { key: 'version', text: result.problem, isHidden: true } as const;
  throw refused(`configuration validation failed: ${result.problem}`, fault, root.place('version'));
}

/** @param refusal - Makes the error of a fault. */
function readIdentity(text: string, refusal: (fault: ConfFault) => SettingsError): IdentityKey {
  try {
    return IdentityKey.fromBase64(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const cure =
      'put the right key back, or remove the line: the next start makes a new key, which has another peer id';
    throw refusal({ key: 'node.private_key', text: error.message, cure, isHidden: true });
  }
}

function identityWarnings(identity: IdentityKey): readonly string[] {
  if (identity.halvesAgree) return [];
  return [
    'the halves of node.private_key do not belong together: the node runs, but no peer can finish a handshake ' +
      'with it; remove the key to have one generated',
  ];
}

function invalid(section: string, fault: ConfFault, place: YamlPlace): SettingsError {
  return refused(
    `configuration validation failed: ${section} config validation failed: ${fault.text}`,
    fault,
    place,
  );
}

/** The promised text, and behind it where the fault is. */
function refused(text: string, fault: ConfFault, place: YamlPlace): SettingsError {
  const where = circumstances(fault, place);
  const message = where === '' ? text : `${text} (${where})`;
  return new SettingsError(message, { code: 'CONF_INVALID' }, { plain: plainFault(fault, place) });
}

function unparsable(plain: string): SettingsError {
  return new SettingsError(`failed to parse YAML config: ${plain}`, { code: 'CONF_UNPARSABLE' }, { plain });
}
