import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '#libs/assert/assert.ts';
import type { Logger } from '#libs/log/logger.ts';
import { ConfigurationError, errorClassOf } from '#libs/settings-files/configuration-error.ts';
import type { LoadedSettings } from '#libs/settings-files/home-files.ts';
import { type Change, changeOf } from './core/change.ts';
import { noticesOf } from './core/notice.ts';
import { mayFollow, type ReloadPhase, type ReloadReport, type ReloadTrigger } from './core/reload-report.ts';
import { VALIDATE_MS } from './limits.ts';
import { NoticeLog } from './notice-log.ts';
import type { Participants } from './participants.ts';
import type { ConfigurationEvents, SettingsFiles } from './ports.ts';
import { transact } from './reload-transaction.ts';
import type { ConfigurationState } from './state.ts';

export interface ReloaderParts {
  readonly state: ConfigurationState;
  readonly files: SettingsFiles;
  readonly participants: Participants;
  readonly events: ConfigurationEvents;
  readonly log: Logger;
}

type Ended = Pick<ReloadReport, 'outcome' | 'liveKeys' | 'restartKeys' | 'reason' | 'errorClass'>;

/** Reads the files again and puts their settings into force everywhere, or nowhere. Reloads run one at a time. */
export class Reloader {
  readonly #parts: ReloaderParts;
  #phase: ReloadPhase = 'idle';
  #lastReport: ReloadReport | undefined;
  readonly #notices: NoticeLog;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
    this.#notices = new NoticeLog(parts.log);
    this.#notices.tell(noticesOf(parts.state.current, []));
  }

  get phase(): ReloadPhase {
    return this.#phase;
  }

  /** The report of the last reload that changed something or was refused; undefined before the first. */
  get lastReport(): ReloadReport | undefined {
    return this.#lastReport;
  }

  /**
   * Runs one reload. Never rejects: a refusal is logged and reported, and the configuration in force stays (P2P-54).
   */
  async run(trigger: ReloadTrigger): Promise<ReloadReport> {
    const { state } = this.#parts;
    const startMs = performance.now();
    this.#enter('validating');
    const ended = await this.#work(trigger).catch((error: unknown) => this.#refused(error, trigger));
    this.#enter(ended.reason === '' ? 'idle' : 'failed');
    const durationMs = Math.round(performance.now() - startMs);
    const report = { ...ended, trigger, generation: state.current.generation, durationMs };
    this.#announce(report);
    if (report.outcome !== 'unchanged') this.#lastReport = report;
    return report;
  }

  async #work(trigger: ReloadTrigger): Promise<Ended> {
    const { state, log } = this.#parts;
    const loaded = await this.#read();
    const settings = state.withLearnedPeers(loaded);
    const change = changeOf(state.current, settings);
    this.#notices.tell(noticesOf(settings, change.restart));
    const keys = {
      liveKeys: change.live.map(({ key }) => key),
      restartKeys: change.restart.map(({ key }) => key),
    };
    const isNews = change.restart.length > 0 && !loaded.confImage.isSameAs(state.loaded.confImage);
    if (change.live.length === 0 && !isNews) {
      state.loaded = loaded;
      if (trigger !== 'file changed') log.info('configuration unchanged', { trigger });
      return { outcome: 'unchanged', ...keys, reason: '', errorClass: undefined };
    }
    await this.#transact(loaded, change);
    return { outcome: 'committed', ...keys, reason: '', errorClass: undefined };
  }

  async #read(): Promise<LoadedSettings> {
    const { files, state } = this.#parts;
    const over = new AbortController();
    const late = sleep(VALIDATE_MS, undefined, { signal: over.signal }).then(() => {
      const message = `the settings files could not be read within ${VALIDATE_MS / 1000} s`;
      throw new ConfigurationError(message, { code: 'CONFIG_CONF_REFUSED', class: 'recoverable' });
    });
    try {
      return await Promise.race([files.reload(state.loaded), late]);
    } finally {
      over.abort();
      await late.catch(() => undefined);
    }
  }

  async #transact(loaded: LoadedSettings, change: Change): Promise<void> {
    const { files, participants, state, log } = this.#parts;
    const last = state.loaded;
    this.#enter('updating');
    await transact({
      proposal: change.next,
      participants: participants.among(change.services),
      beforeCommit: () => files.keepCopies(last, loaded),
      decided: () => {
        state.loaded = loaded;
        if (change.next !== state.current) state.latest.set(change.next);
        for (const { key: setting, before, after } of change.live) {
          log.info('configuration key changed', { setting, before, after });
        }
      },
      rollingBack: () => this.#enter('rolling_back'),
      log,
    });
  }

  #refused(error: unknown, trigger: ReloadTrigger): Ended {
    const { log } = this.#parts;
    const reason = error instanceof Error ? error.message : String(error);
    const errorClass = errorClassOf(error);
    const isRolledBack = this.#phase === 'rolling_back';
    const message = isRolledBack
      ? 'reload rolled back, every service keeps what was in force'
      : 'configuration refused, the one in force stays';
    log.error(message, error, { trigger, class: errorClass });
    const outcome = isRolledBack ? 'rolled-back' : 'refused';
    return { outcome, liveKeys: [], restartKeys: [], reason, errorClass };
  }

  #announce({ outcome, liveKeys, trigger, generation, durationMs }: ReloadReport): void {
    const { events, log } = this.#parts;
    if (outcome !== 'committed' || liveKeys.length === 0) return;
    log.info('configuration in force', { trigger, generation, duration_ms: durationMs });
    events.configurationChanged(generation);
  }

  #enter(phase: ReloadPhase): void {
    assert(mayFollow(this.#phase, phase), `a reload goes from ${this.#phase} to ${phase}`);
    this.#phase = phase;
    this.#parts.log.debug('reload phase', { phase });
  }
}
