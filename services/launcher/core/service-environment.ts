import type { LogPlace, LogSettings } from '#libs/log/log-settings.ts';
import type { MemberPaths } from './member-home.ts';

/** The services of one member, in the order they are started. */
export const SERVICE_NAMES = ['config', 'signer', 'gateway', 'consensus'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What runs for a member: all of them, or of a node without a chain those that need none. */
export function servicesOf({ hasChain }: Pick<MemberFacts, 'hasChain'>): readonly ServiceName[] {
  return hasChain ? SERVICE_NAMES : ['config', 'gateway'];
}

/**
 * Variables by which OpenSSL and what stands behind it find a token. The signer alone gets them, as they are; a module that
 * needs others is served by p11-kit, in a process that has them.
 */
export const TOKEN_VARIABLES = [
  'OPENSSL_CONF',
  'OPENSSL_MODULES',
  'P11_KIT_SERVER_ADDRESS',
  'KRYOPTIC_CONF',
  'SOFTHSM2_CONF',
] as const;

export type TokenVariables = { readonly [Name in (typeof TOKEN_VARIABLES)[number]]?: string | undefined };

/** What its settings files say about one member, as far as starting its services needs it. */
export interface MemberFacts {
  /** Name in the genesis. */
  readonly name: string;
  readonly paths: MemberPaths;
  /** Names the federation in event subjects. */
  readonly chainId: string;
  /** Without one, config and gateway run alone. */
  readonly hasChain: boolean;
  readonly clientAddress: string;
  /** PEM files of the client API; undefined: plain text. */
  readonly clientTls:
    | { readonly certificate: string; readonly key: string; readonly ca?: string | undefined }
    | undefined;
  readonly signerAddress: string;
  /** Whether the operator wrote a client matrix for the signer. */
  readonly hasClientMatrix?: boolean;
  /** Of a server that somebody named; undefined: of ours, or events are off. */
  readonly natsUrl: string | undefined;
  /** Of the server that was started for this member, with a key of each service. */
  readonly natsUrls?: Readonly<Partial<Record<ServiceName, string>>>;
  readonly log: MemberLog;
  /** host:port of the metrics of a service; none where it is left out. */
  readonly metrics?: Readonly<Partial<Record<ServiceName, string | undefined>>>;
  /** Where the signer reads the passphrase of a sealed key; undefined: the key is not sealed. */
  readonly passphraseFile?: string | undefined;
  /** SIGNER_NICENESS, if a person set one: each decision waits for signatures, so by default the signer gives way to nobody. */
  readonly niceness?: string | undefined;
  /** How the signer finds the token of its key. */
  readonly token?: TokenVariables;
  /** CONSENSUS_SNAPSHOT_BLOCKS; undefined: the default. */
  readonly snapshotBlocks?: string | undefined;
}

/** The `logging` section of conf.yaml as its services take it. All of them write into one file. */
export interface MemberLog extends LogSettings {
  readonly place: LogPlace;
}

/** All settings of one service of a member: its whole environment, for nothing is inherited. */
export function serviceEnvironment(service: ServiceName, facts: MemberFacts): Record<string, string> {
  const metrics = facts.metrics?.[service];
  const own = settingsOf(service, facts);
  return metrics === undefined ? own : { ...own, [`${service.toUpperCase()}_METRICS_LISTEN`]: metrics };
}

function settingsOf(service: ServiceName, facts: MemberFacts): Record<string, string> {
  switch (service) {
    case 'config':
      return {
        ...configSettings(facts),
        ...eventSettings('config', facts),
        ...logSettings('CONFIG', facts),
      };
    case 'signer':
      // No event settings: the process with the key talks to nobody.
      return { ...signerSettings(facts), ...logSettings('SIGNER', facts) };
    case 'gateway':
      return {
        ...gatewaySettings(facts),
        ...eventSettings('gateway', facts),
        ...logSettings('GATEWAY', facts),
      };
    case 'consensus':
      return {
        ...consensusSettings(facts),
        ...eventSettings('consensus', facts),
        ...logSettings('CONSENSUS', facts),
      };
  }
}

function configSettings({ paths, chainId, name }: MemberFacts): Record<string, string> {
  return {
    CONFIG_HOME: paths.home,
    CONFIG_LISTEN: `unix:${paths.configSocket}`,
    CONFIG_NETWORK: chainId,
    CONFIG_MEMBER: name,
  };
}

function signerSettings(facts: MemberFacts): Record<string, string> {
  const { paths, signerAddress, passphraseFile, niceness, hasClientMatrix, token = {} } = facts;
  return {
    ...Object.fromEntries(Object.entries(token).filter(([, value]) => value !== undefined)),
    ...(passphraseFile === undefined ? {} : { SIGNER_PASSPHRASE_FILE: passphraseFile }),
    ...(niceness === undefined ? {} : { SIGNER_NICENESS: niceness }),
    SIGNER_LISTEN: signerAddress,
    SIGNER_FOLDER: paths.signerFolder,
    SIGNER_ADMIN_SOCKET: paths.adminSocket,
    SIGNER_TLS_CA: paths.tls.ca,
    SIGNER_TLS_CERT: paths.tls.signerCertificate,
    SIGNER_TLS_KEY: paths.tls.signerKey,
    ...(hasClientMatrix === true
      ? { SIGNER_CLIENTS_FILE: paths.clients }
      : { SIGNER_CLIENT_CERTS: paths.tls.consensusCertificate }),
  };
}

function gatewaySettings({ paths, chainId, name }: MemberFacts): Record<string, string> {
  return {
    GATEWAY_LISTEN: `unix:${paths.gatewaySocket}`,
    GATEWAY_CONFIG_ADDRESS: `unix:${paths.configSocket}`,
    GATEWAY_NETWORK: chainId,
    GATEWAY_MEMBER: name,
  };
}

function consensusSettings({
  paths,
  name,
  clientAddress,
  clientTls,
  signerAddress,
  snapshotBlocks,
}: MemberFacts): Record<string, string> {
  return {
    ...(snapshotBlocks === undefined ? {} : { CONSENSUS_SNAPSHOT_BLOCKS: snapshotBlocks }),
    ...(clientTls === undefined
      ? {}
      : { CONSENSUS_TLS_CERT: clientTls.certificate, CONSENSUS_TLS_KEY: clientTls.key }),
    ...(clientTls?.ca === undefined ? {} : { CONSENSUS_TLS_CA: clientTls.ca }),
    CONSENSUS_CONFIG_ADDRESS: `unix:${paths.configSocket}`,
    CONSENSUS_FOLDER: paths.consensusFolder,
    CONSENSUS_GENESIS: paths.genesis,
    CONSENSUS_MEMBER: name,
    CONSENSUS_PEERS: paths.peers,
    CONSENSUS_LISTEN: clientAddress,
    CONSENSUS_GATEWAY_ADDRESS: `unix:${paths.gatewaySocket}`,
    CONSENSUS_SIGNER_ADDRESS: signerAddress,
    CONSENSUS_SIGNER_TLS_CA: paths.tls.ca,
    CONSENSUS_SIGNER_TLS_CERT: paths.tls.consensusCertificate,
    CONSENSUS_SIGNER_TLS_KEY: paths.tls.consensusKey,
  };
}

function logSettings(prefix: string, { log }: MemberFacts): Record<string, string> {
  const file =
    log.file === undefined
      ? {}
      : {
          [`${prefix}_LOG_FILE`]: log.file.path,
          [`${prefix}_LOG_FILE_BYTES_MAX`]: String(log.file.sizeBytesMax),
        };
  return {
    [`${prefix}_LOG_LEVEL`]: log.level,
    [`${prefix}_LOG_CONSOLE`]: log.console,
    [`${prefix}_LOG_FOLDER`]: log.place.folder,
    [`${prefix}_LOG_TERMINAL`]: log.place.terminal,
    ...file,
  };
}

function eventSettings(service: ServiceName, { natsUrl, natsUrls }: MemberFacts): Record<string, string> {
  const url = natsUrls?.[service] ?? natsUrl;
  return url === undefined ? {} : { [`${service.toUpperCase()}_NATS_URL`]: url };
}
