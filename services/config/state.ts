import { mergedPeers } from '#libs/settings/merge-peers.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import type { Settings } from '#libs/settings/settings.ts';
import type { LoadedSettings } from '#libs/settings-files/home-files.ts';
import type { LoadedPeers } from '#libs/settings-files/peers-file.ts';
import { isSamePeerList } from './core/change.ts';
import { type Configuration, firstConfiguration } from './core/configuration.ts';
import { Latest } from './latest.ts';

/**
 * The configuration in force, and the newest content of the files. They differ in keys that wait for a restart,
 * and in peers that are not on disk yet.
 */
export class ConfigurationState {
  readonly latest: Latest<Configuration>;
  /** The files when file and memory last agreed; its peers are those of peers.yaml. */
  loaded: LoadedSettings;

  constructor(first: LoadedSettings) {
    this.loaded = first;
    this.latest = new Latest(firstConfiguration(first));
  }

  get current(): Configuration {
    return this.latest.value;
  }

  /**
   * Takes other peers into force; watchers hear of it unless only the times they were seen differ.
   *
   * @returns whether more than these times differ.
   */
  setPeers(peers: readonly PeerEntry[]): boolean {
    const list = { peers, rejected: this.current.peers.rejected };
    if (isSamePeerList(list, this.current.peers)) {
      this.latest.amend({ ...this.current, peers: list });
      return false;
    }
    this.latest.set({ ...this.current, peers: list, generation: this.current.generation + 1n });
    return true;
  }

  /** The settings of files that were read, with the peers that memory knows better (P2P-38). */
  withLearnedPeers(read: LoadedSettings): Settings {
    const { current, loaded: last } = this;
    if (read.peersImage.isSameAs(last.peersImage)) return { ...read, peers: current.peers };
    const { peers: base } = last.peers;
    const peers = mergedPeers({ base, file: read.peers.peers, memory: current.peers.peers });
    return { ...read, peers: { peers, rejected: read.peers.rejected } };
  }

  /** Notes the content of peers.yaml after it was written. */
  agreeOnPeers({ list, image }: LoadedPeers): void {
    this.loaded = { ...this.loaded, peers: list, peersImage: image };
  }
}
