import { pause } from '#services/launcher/adapters/pause.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Screen } from '../adapters/terminal-screen.ts';
import { frameText, quorumLine } from './frame-text.ts';
import { MemberPoll, type PolledMember } from './member-poll.ts';
import { type MemberRow, memberRow } from './member-row.ts';

export interface WatchMembersOptions {
  readonly members: readonly PolledMember[];
  /** Left out: frames are printed. */
  readonly screen: Screen | undefined;
  readonly out: (line: string) => void;
  readonly json: boolean;
  /** One frame, and the end. */
  readonly isOnce: boolean;
  readonly isColored: boolean;
  readonly intervalMs: number;
  /** Deadline of one question. */
  readonly callMs: number;
  readonly now: () => Date;
  /** Ends the view. */
  readonly signal: AbortSignal;
}

const QUIT = ['q', 'Q', '\u0003'];

/**
 * Shows members until `signal` fires or a person leaves, or once. There is no stream of a member's state, so each member is
 * asked in every interval; a frame shows the newest answer of each.
 * @returns `unreachable` when no member answered the one frame.
 */
export async function watchMembers(options: WatchMembersOptions): Promise<ExitCode> {
  const { members, screen, callMs } = options;
  const polls = members.map((member) => new MemberPoll(member, callMs));
  const view = { ...options, polls };
  if (options.isOnce) return showOnce(view);
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const redraw = (): void => show(view);
  screen?.open({
    onKey: (key) => {
      if (QUIT.includes(key)) left.abort();
    },
    onResize: redraw,
  });
  try {
    while (!signal.aborted) await nextFrame(view, signal);
    return EXIT_CODES.ok;
  } finally {
    screen?.close();
  }
}

interface View extends WatchMembersOptions {
  readonly polls: readonly MemberPoll[];
}

async function showOnce(view: View): Promise<ExitCode> {
  await Promise.all(view.polls.map((poll) => poll.ask()));
  show(view);
  return view.polls.some(({ latest }) => latest.kind === 'status') ? EXIT_CODES.ok : EXIT_CODES.unreachable;
}

/** Waits for all answers, and no longer than to the next frame for those that are slow. */
async function nextFrame(view: View, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const interval = untilOver(view.intervalMs, AbortSignal.any([signal, over.signal]));
  try {
    await Promise.race([Promise.all(view.polls.map((poll) => poll.ask())), interval]);
    if (!signal.aborted) show(view);
    await interval;
  } finally {
    over.abort();
  }
}

async function untilOver(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, signal);
  } catch (error) {
    // The wait is over, for whatever reason.
    if (!signal.aborted) throw error;
  }
}

function show({ polls, screen, out, json, isColored, intervalMs, now }: View): void {
  const rows = polls.map(({ member, latest }) => memberRow(member, latest));
  const at = now();
  if (json) return out(jsonText(frameJson(rows, at)));
  const count = rows.length === 1 ? '1 member' : `${rows.length} members`;
  const how = screen === undefined ? '' : `, asked every ${intervalMs / 1000} s; q ends this`;
  const title = `btcfed top  ${at.toISOString().slice(11, 19)} UTC  ${count}${how}`;
  const [columns, lines] = [screen?.columns, screen?.lines];
  const text = frameText(title, rows, { columns, lines, isColored });
  if (screen === undefined) out(text);
  else screen.draw(text);
}

function frameJson(rows: readonly MemberRow[], at: Date): object {
  const members = rows.map(({ told, ...row }) => {
    if (told === undefined) return { ...row, answers: false };
    const { quorum: _, reachable: __, ...facts } = told;
    return { ...row, answers: true, ...facts };
  });
  return { at: at.toISOString(), members, quorum: quorumLine(rows) };
}
