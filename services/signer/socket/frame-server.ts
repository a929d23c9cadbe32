import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { CustodyError } from '../words/errors.ts';
import { ANSWERED, CoreFrameReader, type Frame, REFUSED } from './core-frames.ts';
import { FrameTurns } from './frame-turns.ts';

export interface FrameServerOptions {
  /** Absolute path; the modes of its folder and of the socket decide which users reach it. */
  readonly path: string;
  /** The users that may connect: the owner (0600), or his group too (0660). Left out: the owner. */
  readonly access?: SocketAccess;
  /** The callers' name in the log: "edge". */
  readonly caller: string;
  readonly connectionsMax: number;
  readonly frameBytesMax: number;
  /** Whether frames carry secrets: they are cleared as soon as they are answered. */
  readonly isSecret?: boolean;
  /** Answers one call. @throws AppError for a refusal. */
  readonly answer: (byte: number, content: Uint8Array, patienceMs?: number) => Promise<Uint8Array>;
  readonly log: Logger;
}

export type SocketAccess = 'owner' | 'group';

/** Subtracted from the mode of a new socket. */
const UMASKS: Readonly<Record<SocketAccess, number>> = { owner: 0o177, group: 0o117 };

/** A Unix socket on which calls come as frames. */
export class FrameServer implements Lifecycle {
  readonly #options: FrameServerOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(options: FrameServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  async start(): Promise<void> {
    const { path, caller, log, access = 'owner' } = this.#options;
    removeOldSocket(path);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      const before = process.umask(UMASKS[access]); // A socket is made within `listen`, so it never has another mode.
      try {
        this.#server.listen(path, resolve);
      } finally {
        process.umask(before);
      }
    });
    log.info('core listens', { path, caller });
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #welcome(socket: Socket): void {
    const { log, caller, connectionsMax, frameBytesMax, isSecret = false } = this.#options;
    if (this.#open.size >= connectionsMax) return void socket.destroy();
    this.#open.add(socket);
    const reader = new CoreFrameReader(frameBytesMax, isSecret);
    const turns = new FrameTurns(socket, (frame) => this.#answered(frame));
    socket.on('error', (error) => log.warn('connection to the core broke', { caller, error: String(error) }));
    socket.on('close', () => {
      this.#open.delete(socket);
      turns.clear();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        turns.add(reader.push(chunk));
      } catch (error) {
        log.warn('the core was sent bytes that are not a frame', { caller, error: String(error) });
        socket.destroy();
      }
    });
  }

  async #answered({ call, byte, patienceMs, content }: Frame): Promise<Frame> {
    const { answer, isSecret, log } = this.#options;
    try {
      const answered = await answer(byte, content, patienceMs === 0 ? undefined : patienceMs);
      return { call, byte: ANSWERED, patienceMs: 0, content: answered };
    } catch (error) {
      const refusal =
        error instanceof AppError
          ? `${error.detail.code}\n${error.message}`
          : 'SIGNER_UNAVAILABLE\nthe signer failed';
      if (!(error instanceof AppError)) log.error('call failed', error);
      return { call, byte: REFUSED, patienceMs: 0, content: Buffer.from(refusal, 'utf8') };
    } finally {
      if (isSecret === true) content.fill(0);
    }
  }
}

/**
 * The record is held by this process alone, so a socket at this path belongs to a dead process. Nothing else is
 * removed.
 */
function removeOldSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isSocket()) return rmSync(path);
  const reason = 'it is no socket, and would have been removed: give the setting another path';
  throw new CustodyError(`socket ${path}: ${reason}`, { code: 'CUSTODY_FILE_EXISTS', path });
}
