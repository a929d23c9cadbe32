import type { MemberPaths } from './member-home.ts';

/** The services of one member, in the order they are started. */
export const SERVICE_NAMES = ['config', 'signer', 'gateway', 'consensus'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What its settings files say about one member, as far as starting its services needs it. */
export interface MemberFacts {
  /** Name in the genesis. */
  readonly name: string;
  readonly paths: MemberPaths;
  /** Names the federation in event subjects. */
  readonly chainId: string;
  readonly clientAddress: string;
  readonly signerAddress: string;
  /** Undefined: events are off. */
  readonly natsUrl: string | undefined;
  readonly logLevel: string;
}

/** All settings of one service of a member: its whole environment, for nothing is inherited. */
export function serviceEnvironment(service: ServiceName, facts: MemberFacts): Record<string, string> {
  switch (service) {
    case 'config':
      return {
        ...configSettings(facts),
        ...eventSettings('CONFIG', facts),
        CONFIG_LOG_LEVEL: facts.logLevel,
      };
    case 'signer':
      // No event settings: the process with the key talks to nobody.
      return { ...signerSettings(facts), SIGNER_LOG_LEVEL: facts.logLevel };
    case 'gateway':
      return {
        ...gatewaySettings(facts),
        ...eventSettings('GATEWAY', facts),
        GATEWAY_LOG_LEVEL: facts.logLevel,
      };
    case 'consensus':
      return {
        ...consensusSettings(facts),
        ...eventSettings('CONSENSUS', facts),
        CONSENSUS_LOG_LEVEL: facts.logLevel,
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

function signerSettings({ paths, signerAddress }: MemberFacts): Record<string, string> {
  return {
    SIGNER_LISTEN: signerAddress,
    SIGNER_FOLDER: paths.signerFolder,
    SIGNER_TLS_CA: paths.tls.ca,
    SIGNER_TLS_CERT: paths.tls.signerCertificate,
    SIGNER_TLS_KEY: paths.tls.signerKey,
    // All services of a home share the cores of one machine.
    SIGNER_NICENESS: '10',
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
  signerAddress,
}: MemberFacts): Record<string, string> {
  return {
    CONSENSUS_FOLDER: paths.consensusFolder,
    CONSENSUS_GENESIS: paths.genesis,
    CONSENSUS_MEMBER: name,
    CONSENSUS_LISTEN: clientAddress,
    CONSENSUS_GATEWAY_ADDRESS: `unix:${paths.gatewaySocket}`,
    CONSENSUS_SIGNER_ADDRESS: signerAddress,
    CONSENSUS_SIGNER_TLS_CA: paths.tls.ca,
    CONSENSUS_SIGNER_TLS_CERT: paths.tls.consensusCertificate,
    CONSENSUS_SIGNER_TLS_KEY: paths.tls.consensusKey,
  };
}

function eventSettings(prefix: string, { natsUrl }: MemberFacts): Record<string, string> {
  return natsUrl === undefined ? {} : { [`${prefix}_NATS_URL`]: natsUrl };
}
