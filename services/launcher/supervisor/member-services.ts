import { readFileSync } from 'node:fs';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { type HealthTarget, waitServing } from '../adapters/health-probe.ts';
import { certifiedName } from '../adapters/own-certificate.ts';
import type { ProcessSpec } from '../adapters/service-process.ts';
import type { LaunchFacts, MemberLog } from '../core/launch-facts.ts';
import { nodeFlags } from '../core/node-flags.ts';
import { serviceEnvironment } from '../core/service-environment.ts';
import type { ServiceName } from '../core/service-names.ts';
import { SupervisedService } from './supervised-service.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

/** How a service is run: the Node, its flags, and the file of the service. */
export interface ServiceRuntime {
  readonly node: string;
  script(service: ServiceName): string;
  /** Added to the environment of every service. */
  readonly env: Readonly<Record<string, string>>;
}

export interface SupervisionOptions {
  readonly runtime: ServiceRuntime;
  readonly startMsMax: number;
  readonly report: (event: SupervisorEvent) => void;
  readonly interrupted: AbortSignal;
  /** Descriptor of this process that shows the console output of the services; left out: nobody watches. */
  readonly console?: number;
}

/** The name in the signer's certificate; TLS cannot ask for 127.0.0.1. */
const SIGNER_NAME = 'signer';

/** One service of one member, ready to be started. */
export function memberService(
  service: ServiceName,
  facts: LaunchFacts,
  { runtime, console, ...options }: SupervisionOptions,
): SupervisedService {
  const process = serviceProcess(service, facts, { runtime, console });
  return new SupervisedService({
    ...options,
    label: `${facts.name} ${service}`,
    process,
    logFile: facts.log.file?.path ?? process.errorFile,
    serving: (signal) => waitServing(healthTarget(service, facts), signal),
  });
}

function serviceProcess(
  service: ServiceName,
  facts: LaunchFacts,
  { runtime, console }: Pick<SupervisionOptions, 'runtime'> & { readonly console: number | undefined },
): ProcessSpec {
  const { home, logsFolder } = facts.paths;
  const errorFile = `${logsFolder}/${service}.stderr.log`;
  const log = console === undefined ? unwatched(facts.log) : facts.log;
  return {
    command: runtime.node,
    args: [...nodeFlags(service), runtime.script(service)],
    cwd: home,
    env: { ...runtime.env, ...serviceEnvironment(service, { ...facts, log }) },
    output: console ?? errorFile,
    errorFile,
    tether: 'channel',
  };
}

/** The log settings without a console: nobody reads that of a service, now or after a reload. */
function unwatched(log: MemberLog): MemberLog {
  return { ...log, console: 'off', place: { ...log.place, terminal: 'none' } };
}

/** Where and how a service of the member is asked for its health. */
function healthTarget(service: ServiceName, facts: LaunchFacts): HealthTarget {
  const { paths } = facts;
  switch (service) {
    case 'config':
      return { address: `unix:${paths.configSocket}` };
    case 'gateway':
      return { address: `unix:${paths.gatewaySocket}` };
    case 'signer':
      return signerTarget(facts);
    case 'consensus':
      return clientApiTarget(facts);
  }
}

/**
 * The health target of the client API. Only our own certificate may answer there, so the probe asks for a name in it.
 */
function clientApiTarget({ clientAddress: address, clientTls }: LaunchFacts): HealthTarget {
  if (clientTls === undefined) return { address };
  const ca = readFileSync(clientTls.certificate);
  const serverName = certifiedName(ca);
  return { address, tls: { ca, ...(serverName === undefined ? {} : { serverName }) } };
}

/**
 * The signer speaks to nobody but consensus: the probe of the same member borrows its certificate. A signer with a
 * locked key answers and does not sign, until its operator unlocks it.
 */
function signerTarget({ paths: { tls }, signerAddress: address }: LaunchFacts): HealthTarget {
  const identity = {
    ca: readFileSync(tls.ca),
    certificate: readFileSync(tls.consensusCertificate),
    key: readTlsKey(tls.consensusKey),
    serverName: SIGNER_NAME,
  };
  return { address, tls: identity, service: SignerServiceDefinition.fullName };
}
