import type { TerminalKind } from '#libs/log/log-settings.ts';

/** Variables by which a person asks for colours or for none (no-color.org, force-color.org). */
export interface ColorWishes {
  /** Set to anything: no colours. */
  readonly NO_COLOR?: string | undefined;
  /** Set to anything but 0: colours, in a file too. */
  readonly FORCE_COLOR?: string | undefined;
}

/** The kind of reader of an output. Colour codes are for terminals: in a file they are in the way of every search. */
export function terminalKind({ NO_COLOR, FORCE_COLOR }: ColorWishes, isTerminal: boolean): TerminalKind {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return 'color';
  if (!isTerminal) return 'pipe';
  return NO_COLOR === undefined ? 'color' : 'plain';
}
