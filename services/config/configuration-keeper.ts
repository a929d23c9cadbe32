import type { Logger } from '#libs/log/logger.ts';
import { OneAtATime } from '#libs/service/one-at-a-time.ts';
import { KEY_TABLE } from '#libs/settings/key-table.ts';
import { type PeersUpdate, type UpdatedPeers, updatedPeers } from '#libs/settings/merge-peers.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import type { Configuration } from './core/configuration.ts';
import type { ReloadReport, ReloadTrigger } from './core/reload-report.ts';
import { Participants } from './participants.ts';
import { PeerSaver } from './peer-saver.ts';
import type { ConfigurationEvents, Participant, SettingsFiles } from './ports.ts';
import { ReloadRetries } from './reload-retries.ts';
import { Reloader } from './reloader.ts';
import { ConfigurationState } from './state.ts';

export interface KeeperParts {
  readonly files: SettingsFiles;
  readonly events: ConfigurationEvents;
  readonly log: Logger;
  /** Seconds since 1970. */
  readonly nowS: () => number;
  /** Parts of this very process that take settings over. */
  readonly own: readonly Participant[];
}

/** Holds the configuration in force. All that changes it goes through one critical section, one after the other. */
export class ConfigurationKeeper {
  readonly #parts: KeeperParts;
  readonly #state: ConfigurationState;
  readonly #sections = new OneAtATime();
  readonly #participants = new Participants();
  readonly #reloader: Reloader;
  readonly #saver: PeerSaver;
  #queued: Promise<ReloadReport> | undefined;
  #trigger: ReloadTrigger = 'file changed';
  readonly #retries: ReloadRetries;

  private constructor(parts: KeeperParts, state: ConfigurationState) {
    const { files, events, log, own } = parts;
    this.#parts = parts;
    this.#state = state;
    for (const participant of own) this.#participants.join(participant);
    this.#reloader = new Reloader({ state, files, participants: this.#participants, events, log });
    this.#retries = new ReloadRetries(log, () => this.reload('retry'));
    this.#saver = new PeerSaver({
      state,
      files,
      alone: (work) => this.#sections.run(work),
      takePeers: (peers) => this.#takePeers(peers),
      log,
    });
  }

  /**
   * Reads the files for the first time.
   *
   * @throws ConfigurationError with the text for stderr.
   */
  static async open(parts: KeeperParts): Promise<ConfigurationKeeper> {
    return new ConfigurationKeeper(parts, new ConfigurationState(await parts.files.open()));
  }

  get current(): Configuration {
    return this.#state.current;
  }

  /** The configuration in force at once, then every newer one. */
  watch(signal: AbortSignal): AsyncIterable<Configuration> {
    return this.#state.latest.watch(signal);
  }

  /** The status that the config service reports. */
  status() {
    const { loaded, current } = this.#state;
    return {
      phase: this.#reloader.phase,
      lastReport: this.#reloader.lastReport,
      generation: current.generation,
      participants: this.#participants.services,
      confChecksum: loaded.confImage.checksum,
      peersChecksum: loaded.peersImage.checksum,
      peerCount: current.peers.peers.length,
      unsavedPeerCount: this.#saver.unsavedCount,
      keys: KEY_TABLE.map(({ key, text }) => ({ key, value: text(current.node) })),
    };
  }

  /**
   * Reads the files again. Requests that come while a reload runs become one reload after it (P2P-58), and share its
   * report. Never rejects: an invalid file is logged and the configuration in force stays (P2P-54).
   */
  reload(trigger: ReloadTrigger): Promise<ReloadReport> {
    this.#trigger = trigger;
    this.#retries.begin(trigger);
    this.#queued ??= this.#sections.run(async () => {
      this.#queued = undefined;
      const report = await this.#reloader.run(this.#trigger);
      this.#retries.after(report);
      return report;
    });
    return this.#queued;
  }

  /** Adds a participant. `welcome` gets the configuration in force, between two reloads and never during one. */
  join(participant: Participant, welcome: (configuration: Configuration) => void): Promise<void> {
    return this.#sections.run(async () => {
      this.#participants.join(participant);
      welcome(this.current);
    });
  }

  leave(participant: Participant): void {
    this.#participants.leave(participant);
  }

  /** Takes peers over at once, and writes them some time later (P2P-31). */
  updatePeers(update: PeersUpdate): Promise<UpdatedPeers> {
    return this.#sections.run(async () => {
      const { node, peers: before } = this.current;
      const surroundings = { nowS: this.#parts.nowS(), ownPublicKey: node.identity.publicKey };
      const updated = updatedPeers(before.peers, update, surroundings);
      const isNews = this.#takePeers(updated.peers);
      if (isNews) this.#parts.events.configurationChanged(this.current.generation);
      this.#saver.changed(update.seen.length + update.removed.length, isNews);
      return updated;
    });
  }

  peer(publicKey: Uint8Array): PeerEntry | undefined {
    return this.current.peers.peers.find((entry) => Buffer.from(entry.publicKey).equals(publicKey));
  }

  /** Waits for running work, writes peers that are not on disk yet, and ends every watch. */
  async close(): Promise<void> {
    this.#retries.close();
    await this.#sections.finished();
    await this.#saver.flush();
    this.#saver.stop();
    this.#state.latest.close();
  }

  /** Takes other peers into force between two reloads; true when somebody came, went or moved. */
  #takePeers(peers: readonly PeerEntry[]): boolean {
    const isNews = this.#state.setPeers(peers);
    if (isNews) this.#participants.tellPeers(this.current.peers.peers);
    return isNews;
  }
}
