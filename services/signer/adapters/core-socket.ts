import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { CALLS_AT_ONCE_MAX, EDGES_MAX } from '../limits.ts';
import type { SignerApi } from '../signer-api.ts';
import { ANSWERED, type Frame, FrameReader, frameBytes, METHODS, REFUSED } from './core-frames.ts';

export interface CoreSocketOptions {
  /** Absolute path; its folder decides who reaches it, and so does its mode, 0600. */
  readonly path: string;
  readonly api: SignerApi;
  readonly log: Logger;
}

const MODE = 0o600;

/** The one way into the core: a Unix socket, on which the edge calls. */
export function coreSocket(options: CoreSocketOptions): Lifecycle {
  return new CoreSocket(options);
}

class CoreSocket implements Lifecycle {
  readonly #options: CoreSocketOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(options: CoreSocketOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  async start(): Promise<void> {
    const { path, log } = this.#options;
    // The record is held by this process alone, so a socket that lies there is of one that is gone.
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, MODE);
    log.info('core listens', { path });
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #welcome(socket: Socket): void {
    const { log } = this.#options;
    if (this.#open.size >= EDGES_MAX) return void socket.destroy();
    this.#open.add(socket);
    const reader = new FrameReader();
    let running = 0;
    socket.on('error', (error) => log.warn('connection of the edge broke', { error: String(error) }));
    socket.on('close', () => this.#open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) {
          running += 1;
          if (running >= CALLS_AT_ONCE_MAX) socket.pause();
          void this.#answer(frame).then((answer) => {
            running -= 1;
            if (socket.isPaused() && running < CALLS_AT_ONCE_MAX) socket.resume();
            if (!socket.destroyed) socket.write(frameBytes(answer));
          });
        }
      } catch (error) {
        log.warn('the edge sent what is no frame', { error: String(error) });
        socket.destroy();
      }
    });
  }

  async #answer({ call, byte, content }: Frame): Promise<Frame> {
    try {
      return { call, byte: ANSWERED, content: await this.#called(byte, content) };
    } catch (error) {
      const refusal =
        error instanceof AppError
          ? `${error.detail.code}\n${error.message}`
          : 'SIGNER_UNAVAILABLE\nthe signer failed';
      if (!(error instanceof AppError)) this.#options.log.error('call failed', error);
      return { call, byte: REFUSED, content: Buffer.from(refusal, 'utf8') };
    }
  }

  async #called(byte: number, content: Uint8Array): Promise<Uint8Array> {
    const { api } = this.#options;
    const {
      getSigner,
      openSession,
      putCertificate,
      signProposal,
      signVote,
      signTimeout,
      signMembershipVote,
    } = METHODS;
    switch (byte) {
      case getSigner.byte:
        return getSigner.response.encode(await api.getSigner()).finish();
      case openSession.byte:
        return openSession.response.encode(await api.openSession()).finish();
      case putCertificate.byte: {
        const request = putCertificate.request.decode(content);
        return putCertificate.response.encode(await api.putCertificate(request)).finish();
      }
      case signProposal.byte: {
        const request = signProposal.request.decode(content);
        return signProposal.response.encode(await api.signProposal(request)).finish();
      }
      case signVote.byte:
        return signVote.response.encode(await api.signVote(signVote.request.decode(content))).finish();
      case signTimeout.byte: {
        const request = signTimeout.request.decode(content);
        return signTimeout.response.encode(await api.signTimeout(request)).finish();
      }
      case signMembershipVote.byte: {
        const request = signMembershipVote.request.decode(content);
        return signMembershipVote.response.encode(await api.signMembershipVote(request)).finish();
      }
      default:
        throw new RangeError(`no method ${byte}`);
    }
  }
}
