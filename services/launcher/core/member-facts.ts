import type { LogPlace, LogSettings } from '#libs/log/log-settings.ts';
import type { MemberPaths } from './member-home.ts';
import type { ServiceName } from './service-names.ts';

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
