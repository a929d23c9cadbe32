import type { LaunchFacts } from './launch-facts.ts';
import { passedOnTo } from './passed-on.ts';
import type { ServiceName } from './service-names.ts';

/** All settings of one service of a member: its whole environment, because nothing is inherited. */
export function serviceEnvironment(service: ServiceName, facts: LaunchFacts): Record<string, string> {
  return {
    ...metricsSettings(service, facts),
    ...tracingSettings(service, facts),
    ...(service === 'consensus' && facts.transactionEvents === true ? TRANSACTION_EVENTS : {}),
    // Behind what conf.yaml says of metrics, spans and events, for a variable of the caller wins.
    ...passedOnTo(service, facts.passedOn ?? {}),
    ...settingsOf(service, facts),
  };
}

const TRANSACTION_EVENTS = { CONSENSUS_TRANSACTION_EVENTS: 'on' } as const;

function metricsSettings(service: ServiceName, facts: LaunchFacts): Record<string, string> {
  const { name, chainId, metricsAddress, paths } = facts;
  const prefix = `${service.toUpperCase()}_METRICS`;
  const labels = { [`${prefix}_MEMBER`]: name, [`${prefix}_CHAIN`]: chainId };
  if (metricsAddress === undefined) return labels;
  return { ...labels, [`${prefix}_LISTEN`]: `unix:${paths.metricsSockets[service]}` };
}

/** Where a service is told to show its metrics: on a socket of the home, unless a variable of the caller names a place; undefined: nowhere. */
export function metricsListenOf(service: ServiceName, facts: LaunchFacts): string | undefined {
  return serviceEnvironment(service, facts)[`${service.toUpperCase()}_METRICS_LISTEN`];
}

/** Services that may call a collector: not the one with the key. */
const TRACED: readonly ServiceName[] = ['config', 'gateway', 'consensus'];

function tracingSettings(service: ServiceName, { tracing }: LaunchFacts): Record<string, string> {
  if (tracing === undefined || !TRACED.includes(service)) return {};
  const prefix = `${service.toUpperCase()}_TRACING`;
  return { [`${prefix}_ENDPOINT`]: tracing.endpoint, [`${prefix}_SAMPLE`]: String(tracing.sample) };
}

function settingsOf(service: ServiceName, facts: LaunchFacts): Record<string, string> {
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

function configSettings({ paths, chainId, name }: LaunchFacts): Record<string, string> {
  return {
    CONFIG_HOME: paths.home,
    CONFIG_LISTEN: `unix:${paths.configSocket}`,
    CONFIG_NETWORK: chainId,
    CONFIG_MEMBER: name,
  };
}

function signerSettings(facts: LaunchFacts): Record<string, string> {
  const { paths, signerAddress, hasClientMatrix, protocol } = facts;
  return {
    ...(protocol === undefined ? {} : { SIGNER_PROTOCOL: protocol }),
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

function gatewaySettings({ paths, chainId, name }: LaunchFacts): Record<string, string> {
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
  transport,
}: LaunchFacts): Record<string, string> {
  return {
    ...(clientTls === undefined
      ? {}
      : { CONSENSUS_TLS_CERT: clientTls.certificate, CONSENSUS_TLS_KEY: clientTls.key }),
    ...(clientTls?.ca === undefined ? {} : { CONSENSUS_TLS_CA: clientTls.ca }),
    CONSENSUS_CONFIG_ADDRESS: `unix:${paths.configSocket}`,
    CONSENSUS_FOLDER: paths.consensusFolder,
    CONSENSUS_GENESIS: paths.genesis,
    CONSENSUS_MEMBER: name,
    CONSENSUS_OPERATOR_ADDRESS: `unix:${paths.memberSocket}`,
    CONSENSUS_PEERS: paths.peers,
    CONSENSUS_LISTEN: clientAddress,
    ...(transport === 'http-json' ? {} : { CONSENSUS_GATEWAY_ADDRESS: `unix:${paths.gatewaySocket}` }),
    CONSENSUS_SIGNER_ADDRESS: signerAddress,
    CONSENSUS_SIGNER_TLS_CA: paths.tls.ca,
    CONSENSUS_SIGNER_TLS_CERT: paths.tls.consensusCertificate,
    CONSENSUS_SIGNER_TLS_KEY: paths.tls.consensusKey,
  };
}

function logSettings(prefix: string, { log }: LaunchFacts): Record<string, string> {
  const file =
    log.file === undefined
      ? {}
      : {
          [`${prefix}_LOG_FILE`]: log.file.path,
          [`${prefix}_LOG_FILE_BYTES_MAX`]: String(log.file.sizeBytesMax),
          [`${prefix}_LOG_FILE_COUNT_MAX`]: String(log.file.fileCountMax),
        };
  return {
    [`${prefix}_LOG_LEVEL`]: log.level,
    [`${prefix}_LOG_CONSOLE`]: log.console,
    [`${prefix}_LOG_FOLDER`]: log.place.folder,
    [`${prefix}_LOG_TERMINAL`]: log.place.terminal,
    ...file,
  };
}

function eventSettings(service: ServiceName, { natsUrl, natsUrls }: LaunchFacts): Record<string, string> {
  const url = natsUrls?.[service] ?? natsUrl;
  return url === undefined ? {} : { [`${service.toUpperCase()}_NATS_URL`]: url };
}
