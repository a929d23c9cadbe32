import type { SettledService } from '#libs/settings/key-table.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { PEER_USERS } from './core/change.ts';
import type { Participant } from './ports.ts';

/**
 * The services that take part in reloads now, one participant each. Only services that work with peers hear of
 * them.
 */
export class Participants {
  readonly #byService = new Map<SettledService, Participant>();

  /** Adds a participant; it replaces an older one of the same service. */
  join(participant: Participant): void {
    this.#byService.set(participant.service, participant);
  }

  leave(participant: Participant): void {
    if (this.#byService.get(participant.service) === participant) this.#byService.delete(participant.service);
  }

  get services(): readonly SettledService[] {
    return [...this.#byService.keys()];
  }

  /** Peers came into force between two reloads. */
  tellPeers(peers: readonly PeerEntry[]): void {
    for (const participant of this.among(PEER_USERS)) participant.peersInForce(peers);
  }

  /** The participants that work with a changed key. */
  among(services: ReadonlySet<SettledService>): readonly Participant[] {
    return [...this.#byService.values()].filter(({ service }) => services.has(service));
  }
}
