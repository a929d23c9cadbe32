import { connect, type Socket } from 'node:net';
import { ANSWERED, CoreFrameReader, type Frame, frameBytes } from './core-frames.ts';

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

export interface Method<Request, Response> {
  readonly byte: number;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

interface Waiting {
  readonly answered: (frame: Frame) => void;
  readonly failed: (error: Error) => void;
}

export interface FrameLinkOptions {
  readonly path: string;
  readonly frameBytesMax: number;
  readonly deadlineMs: number;
  /** The error for a refusal of the core. */
  readonly refusal: (code: string, sentence: string) => Error;
  /** The error for a core that cannot be reached. */
  readonly unreachable: (sentence: string) => Error;
}

/** The caller's end of a socket with frames. Connects with the first call and again after a loss. */
export class FrameLink {
  readonly #options: FrameLinkOptions;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #calls = 0;
  #isClosed = false;

  constructor(options: FrameLinkOptions) {
    this.#options = options;
  }

  /** @param patienceMs - How long the caller waits; until the deadline of the link when left out. */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    patienceMs?: number,
  ): Promise<Response> {
    const content = method.request.encode(request).finish();
    const asked = { byte: method.byte, patienceMs: patienceOf(patienceMs), content };
    const { byte, content: answer } = await this.#exchange(asked);
    if (byte === ANSWERED) return method.response.decode(answer);
    const text = Buffer.from(answer).toString('utf8');
    const end = text.indexOf('\n');
    throw this.#options.refusal(text.slice(0, Math.max(0, end)), text.slice(end + 1));
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #exchange(asked: Omit<Frame, 'call'>): Promise<Frame> {
    const { unreachable, deadlineMs } = this.#options;
    if (this.#isClosed) return Promise.reject(unreachable('the connection to the core was closed'));
    this.#calls = (this.#calls + 1) % 2 ** 32;
    const call = this.#calls;
    this.#socket ??= this.#connected();
    const socket = this.#socket;
    let late: NodeJS.Timeout | undefined;
    return new Promise<Frame>((resolve, reject) => {
      late = setTimeout(() => reject(unreachable('the core does not answer')), deadlineMs);
      this.#waiting.set(call, { answered: resolve, failed: reject });
      socket.write(frameBytes({ call, ...asked }));
    }).finally(() => {
      clearTimeout(late);
      this.#waiting.delete(call);
    });
  }

  #connected(): Socket {
    const { path, frameBytesMax, unreachable } = this.#options;
    const socket = connect(path);
    const reader = new CoreFrameReader(frameBytesMax);
    const lose = (reason: string): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      for (const { failed } of this.#waiting.values()) failed(unreachable(reason));
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#waiting.get(frame.call)?.answered(frame);
      } catch {
        lose('the core sent bytes that are not a frame');
      }
    });
    socket.on('error', (error) => lose(`the core cannot be reached: ${error.message}`));
    socket.on('close', () => lose('the core closed the connection'));
    return socket;
  }
}

/** Patience as a frame has it. A caller whose time is up gets a millisecond: 0 would mean no limit. */
function patienceOf(patienceMs: number | undefined): number {
  return patienceMs === undefined ? 0 : Math.min(Math.max(1, Math.floor(patienceMs)), 2 ** 32 - 1);
}
