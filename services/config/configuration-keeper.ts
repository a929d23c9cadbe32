import type { Logger } from '#libs/log/logger.ts';
import { type Change, changeOf } from './core/change.ts';
import { type Configuration, firstConfiguration } from './core/configuration.ts';
import { type Notice, noticesOf } from './core/notice.ts';
import { Latest } from './latest.ts';
import type { ConfigurationEvents, ReloadTrigger, SettingsFiles } from './ports.ts';

export interface KeeperParts {
  readonly files: SettingsFiles;
  readonly events: ConfigurationEvents;
  readonly log: Logger;
}

/** Holds the configuration in force, reads the files again when asked, and tells watchers what changed. */
export class ConfigurationKeeper {
  readonly #parts: KeeperParts;
  readonly #latest: Latest<Configuration>;
  #wanted: ReloadTrigger | undefined;
  #running: Promise<void> | undefined;
  #told: ReadonlySet<string> = new Set();

  private constructor(parts: KeeperParts, first: Configuration) {
    this.#parts = parts;
    this.#latest = new Latest(first);
    this.#tell(noticesOf(first, []));
  }

  /**
   * Reads the files for the first time.
   *
   * @throws ConfigurationError with the text for stderr.
   */
  static async open(parts: KeeperParts): Promise<ConfigurationKeeper> {
    return new ConfigurationKeeper(parts, firstConfiguration(await parts.files.open()));
  }

  get current(): Configuration {
    return this.#latest.value;
  }

  /** The configuration in force at once, then every newer one. */
  watch(signal: AbortSignal): AsyncIterable<Configuration> {
    return this.#latest.watch(signal);
  }

  /**
   * Reads the files again. Requests that come while a reload runs become one reload after it (P2P-58). Never rejects:
   * an invalid file is logged and the configuration in force stays (P2P-54).
   */
  reload(trigger: ReloadTrigger): Promise<void> {
    this.#wanted = trigger;
    this.#running ??= Promise.resolve().then(() => this.#reloadWhileWanted());
    return this.#running;
  }

  /** Waits for a running reload and ends every watch. */
  async close(): Promise<void> {
    await this.#running;
    this.#latest.close();
  }

  async #reloadWhileWanted(): Promise<void> {
    for (let trigger = this.#wanted; trigger !== undefined; trigger = this.#wanted) {
      this.#wanted = undefined;
      await this.#reloadOnce(trigger);
    }
    this.#running = undefined;
  }

  async #reloadOnce(trigger: ReloadTrigger): Promise<void> {
    const { files, log } = this.#parts;
    try {
      const loaded = await files.reload(this.current);
      const change = changeOf(this.current, loaded);
      this.#tell(noticesOf(loaded, change.restart));
      this.#apply(change, trigger);
    } catch (error) {
      log.error('configuration refused, the one in force stays', error, { trigger });
    }
  }

  #apply({ next, live }: Change, trigger: ReloadTrigger): void {
    const { events, log } = this.#parts;
    if (next === this.current) {
      if (trigger === 'SIGHUP') log.info('configuration unchanged', { trigger });
      return;
    }
    this.#latest.set(next);
    for (const setting of live) log.info('configuration key changed', { setting });
    log.info('configuration in force', { trigger, generation: next.generation });
    events.configurationChanged(next.generation);
  }

  /** Logs what the reading before this one did not say already. */
  #tell(notices: readonly Notice[]): void {
    for (const { message, fields } of notices.filter((notice) => !this.#told.has(idOf(notice)))) {
      this.#parts.log.warn(message, fields);
    }
    this.#told = new Set(notices.map(idOf));
  }
}

function idOf({ message, fields }: Notice): string {
  return `${message} ${Object.values(fields).join(' ')}`;
}
