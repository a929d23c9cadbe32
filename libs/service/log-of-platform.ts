import type { LogPlace, LogSettings } from '#libs/log/log-settings.ts';
import type { PlatformSettings } from './load-config.ts';

/** The log of a service, as its environment wants it. */
export function logSettings({
  LOG_LEVEL,
  LOG_FILE,
  LOG_FILE_BYTES_MAX,
  LOG_FILE_COUNT_MAX,
  LOG_CONSOLE,
}: PlatformSettings): LogSettings {
  const file =
    LOG_FILE === undefined
      ? undefined
      : { path: LOG_FILE, sizeBytesMax: LOG_FILE_BYTES_MAX, fileCountMax: LOG_FILE_COUNT_MAX };
  return { level: LOG_LEVEL, console: LOG_CONSOLE ?? (file === undefined ? 'json' : 'off'), file };
}

/** Where the files of logs lie, and whether a person reads along; undefined for a service by itself. */
export function logPlace({
  LOG_FOLDER: folder,
  LOG_TERMINAL: terminal,
}: PlatformSettings): LogPlace | undefined {
  return folder === undefined ? undefined : { folder, terminal };
}
