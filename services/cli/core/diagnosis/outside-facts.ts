import type { MemberStanding } from '#services/launcher/core/control-messages.ts';
import type { ServiceName } from '#services/launcher/core/service-names.ts';
import type { NodeFolderFacts } from '../host-disk.ts';
import type { CertificateState } from '../host-files.ts';

/** Whether a service of a home answers. `not-asked`: its place is not known here. */
export type ServiceAnswer =
  | { readonly kind: 'answers' }
  | { readonly kind: 'silent' | 'not-asked'; readonly reason: string };

/** The state of the key, as the core of the signer tells it. */
export interface CustodyFacts {
  /** `active`, `quarantined` or `retired`. */
  readonly mode: string;
  readonly locked: boolean;
  /** A wrong computation of its machine; empty without one. */
  readonly fault: string;
}

/** A peer as the gateway sees it. */
export interface SeenPeer {
  /** Its name in the genesis, or its peer id. */
  readonly name: string;
  readonly isConnected: boolean;
  /** Why the last dial failed; empty when it did not. */
  readonly lastError: string;
  readonly silentMs: number;
  /** Of the last ping; undefined until there was one. */
  readonly roundTripUs: number | undefined;
}

/** The federation that `up` runs this member in. */
export interface LocalStanding {
  /** Its folder. */
  readonly folder: string;
  readonly members: readonly MemberStanding[];
}

/** The facts to be had about a member without its consensus service. */
export interface OutsideFacts {
  /** Name of the member, or of its home while that is not known. */
  readonly member: string;
  /** Why its settings are refused; empty when they are read. */
  readonly settingsFault: string;
  readonly hasChain: boolean;
  readonly services: Readonly<Record<ServiceName, ServiceAnswer>>;
  /** Undefined where the signer was not asked or did not answer. */
  readonly custody: CustodyFacts | undefined;
  readonly certificates: readonly CertificateState[];
  readonly folders: readonly NodeFolderFacts[];
  /** Undefined where the gateway was not asked or did not answer. */
  readonly peers: readonly SeenPeer[] | undefined;
  /** Undefined where no `up` runs it. */
  readonly standing: LocalStanding | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}
