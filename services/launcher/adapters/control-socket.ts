import { createServer, type Server, type Socket } from 'node:net';
import { prepareSocket } from '#libs/grpc/unix-socket.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ControlAnswer, ControlRequest } from '../core/control-messages.ts';
import { CONTROL_CALLERS_MAX, CONTROL_REQUEST_BYTES_MAX, CONTROL_REQUEST_MS } from '../words/limits.ts';
import { controlLine, controlRequestIn } from './control-wire.ts';
import { firstLine } from './first-line.ts';

export interface ControlSocketOptions {
  readonly path: string;
  readonly answer: (request: ControlRequest) => Promise<ControlAnswer>;
}

/** The user of the federation, and nobody else, may connect. */
const UMASK_OWNER = 0o177;

const UNREADABLE: ControlAnswer = {
  kind: 'refused',
  sentence: 'the request cannot be read: use the btcfed of the checkout that runs this federation',
};

/** A Unix socket on which a person asks for something: one request a connection. */
export class ControlSocket implements Lifecycle {
  readonly #options: ControlSocketOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #served = new Set<Promise<void>>();

  constructor(options: ControlSocketOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** @throws ListenError when the path cannot be used. */
  async start(): Promise<void> {
    const { path } = this.#options;
    await prepareSocket(path);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      // A socket is made within `listen`, so it never has another mode.
      const before = process.umask(UMASK_OWNER);
      try {
        this.#server.listen(path, resolve);
      } finally {
        process.umask(before);
      }
    });
  }

  /** Resolves once the orders that it took are carried out. */
  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await Promise.all(this.#served);
  }

  #welcome(socket: Socket): void {
    if (this.#open.size >= CONTROL_CALLERS_MAX) return void socket.destroy();
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    // A caller that went away before its answer; its order is carried out all the same.
    socket.on('error', () => socket.destroy());
    const served = this.#serve(socket)
      .catch(rethrowLater)
      .finally(() => this.#served.delete(served));
    this.#served.add(served);
  }

  async #serve(socket: Socket): Promise<void> {
    const bounds = { bytesMax: CONTROL_REQUEST_BYTES_MAX, waitMsMax: CONTROL_REQUEST_MS };
    const line = await firstLine(socket, bounds);
    if (socket.destroyed) return;
    const request = controlRequestIn(line ?? '');
    socket.end(controlLine(request === undefined ? UNREADABLE : await this.#options.answer(request)));
    socket.resume();
  }
}

/** A mistake of ours in an answer must end the process, not vanish. */
function rethrowLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
