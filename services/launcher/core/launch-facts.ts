import type { LogPlace, LogSettings } from '#libs/log/log-settings.ts';
import type { Transport } from '#libs/settings/transport.ts';
import type { MemberPaths } from './member-home.ts';
import type { PassedOn } from './passed-on.ts';
import type { ServiceName } from './service-names.ts';

/** The facts in the settings files of one member that its services need to start. */
export interface LaunchFacts {
  /** Name in the genesis. */
  readonly name: string;
  readonly paths: MemberPaths;
  /** Names the federation in event subjects. */
  readonly chainId: string;
  /** Without one, config and gateway run alone. */
  readonly hasChain: boolean;
  /** The protocol in the genesis; undefined without a chain. */
  readonly protocol?: string;
  /** How the members of the chain reach each other; undefined: libp2p. */
  readonly transport?: Transport | undefined;
  readonly clientAddress: string;
  /** PEM files of the client API; undefined: plain text. */
  readonly clientTls:
    | { readonly certificate: string; readonly key: string; readonly ca?: string | undefined }
    | undefined;
  readonly signerAddress: string;
  /** host:port of the one page of metrics of all services; undefined: conf.yaml turns them off. */
  readonly metricsAddress?: string | undefined;
  /** The collector that gateway and consensus send spans to; undefined: conf.yaml names none. */
  /** Whether each final transaction has a fact of its own. */
  readonly transactionEvents?: boolean | undefined;
  readonly tracing?: { readonly endpoint: string; readonly sample: number } | undefined;
  /** Whether the operator wrote a client matrix for the signer. */
  readonly hasClientMatrix?: boolean;
  /** URL of a server that somebody named; undefined: our own server is used, or events are off. */
  readonly natsUrl: string | undefined;
  /** URLs of the server that was started for this member, with a key for each service. */
  readonly natsUrls?: Readonly<Partial<Record<ServiceName, string>>>;
  readonly log: MemberLog;
  /** The variables of the caller's environment that reach the services. */
  readonly passedOn?: PassedOn;
}

/** The `logging` section of conf.yaml as its services take it. All of them write into one file. */
export interface MemberLog extends LogSettings {
  readonly place: LogPlace;
}
