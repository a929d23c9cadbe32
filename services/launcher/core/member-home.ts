import type { ServiceName } from './service-names.ts';

/** The files of one member, all below its home. */
export interface MemberPaths {
  readonly home: string;
  readonly genesis: string;
  readonly conf: string;
  readonly peers: string;
  readonly tls: {
    readonly folder: string;
    readonly ca: string;
    readonly signerCertificate: string;
    readonly signerKey: string;
    readonly consensusCertificate: string;
    readonly consensusKey: string;
  };
  readonly signerFolder: string;
  /** The client matrix of the signer; there only once the operator wrote it. */
  readonly clients: string;
  readonly consensusFolder: string;
  readonly runFolder: string;
  readonly configSocket: string;
  readonly gatewaySocket: string;
  /** Where the operator reaches consensus. */
  readonly memberSocket: string;
  /** Where the operator reaches the core of the signer. */
  readonly adminSocket: string;
  /** Where each service shows its metrics to the process that runs it. */
  readonly metricsSockets: Readonly<Record<ServiceName, string>>;
  readonly logsFolder: string;
  /** The file that a new member hands to the maker of the genesis. */
  readonly memberFile: string;
}

/** Linux keeps 108 bytes for the path of a Unix socket, one of them for the end. */
export const SOCKET_PATH_BYTES_MAX = 107;

export function memberPaths(home: string): MemberPaths {
  const tls = `${home}/tls`;
  return {
    home,
    genesis: `${home}/genesis.json`,
    conf: `${home}/conf.yaml`,
    peers: `${home}/peers.yaml`,
    tls: {
      folder: tls,
      ca: `${tls}/ca.crt`,
      signerCertificate: `${tls}/signer.crt`,
      signerKey: `${tls}/signer.key`,
      consensusCertificate: `${tls}/consensus.crt`,
      consensusKey: `${tls}/consensus.key`,
    },
    signerFolder: `${home}/signer`,
    clients: `${home}/signer/clients.json`,
    consensusFolder: `${home}/consensus`,
    runFolder: `${home}/run`,
    configSocket: `${home}/run/config.sock`,
    gatewaySocket: `${home}/run/gateway.sock`,
    memberSocket: `${home}/run/member.sock`,
    adminSocket: `${home}/run/admin.sock`,
    metricsSockets: {
      config: `${home}/run/config.http`,
      signer: `${home}/run/signer.http`,
      gateway: `${home}/run/gateway.http`,
      consensus: `${home}/run/consensus.http`,
    },
    logsFolder: `${home}/logs`,
    memberFile: `${home}/member.json`,
  };
}

/** Where the process that runs the federation of a folder takes requests: a shorter path than that of any member's socket. */
export function controlSocketIn(folder: string): string {
  return `${folder}/run/up.sock`;
}

/** Member homes of a federation: m0, m1, … below one folder. */
export function memberName(index: number): string {
  return `m${index}`;
}
