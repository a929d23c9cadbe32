import { connect, type Socket } from 'node:net';
import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { SignerErrorDetail } from '../core/errors.ts';
import { CORE_CALL_MS_MAX } from '../limits.ts';
import type { SignerApi } from '../signer-api.ts';
import { ANSWERED, type Frame, FrameReader, frameBytes, METHODS } from './core-frames.ts';
import { SIGNER_STATUS } from './grpc-status.ts';

/** What the core refused, as far as it goes through a socket: its code and its sentence. */
class CoreRefusal extends AppError<{ readonly code: SignerErrorDetail['code'] }> {
  override readonly name = 'CoreRefusal';
}

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

interface Waiting {
  readonly answered: (frame: Frame) => void;
  readonly failed: (error: Error) => void;
}

export interface CoreClient extends SignerApi {
  close(): void;
}

/** The core on the other side of its socket. Connects with the first call and again after a loss. */
export function coreClient(path: string, log: Logger): CoreClient {
  const link = new CoreLink(path, log);
  const { getSigner, openSession, putCertificate, signProposal, signVote, signTimeout } = METHODS;
  return {
    getSigner: () => link.call(getSigner, {}),
    openSession: () => link.call(openSession, {}),
    putCertificate: (request) => link.call(putCertificate, request),
    signProposal: (request) => link.call(signProposal, request),
    signVote: (request) => link.call(signVote, request),
    signTimeout: (request) => link.call(signTimeout, request),
    signMembershipVote: (request) => link.call(METHODS.signMembershipVote, request),
    close: () => link.close(),
  };
}

class CoreLink {
  readonly #path: string;
  readonly #log: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #calls = 0;
  #isClosed = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  async call<Request, Response>(
    method: { readonly byte: number; readonly request: Codec<Request>; readonly response: Codec<Response> },
    request: Request,
  ): Promise<Response> {
    const content = method.request.encode(request).finish();
    const { byte, content: answer } = await this.#exchange(method.byte, content);
    if (byte === ANSWERED) return method.response.decode(answer);
    throw refusalIn(answer);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #exchange(byte: number, content: Uint8Array): Promise<Frame> {
    if (this.#isClosed) return Promise.reject(unavailable('the edge is stopping'));
    this.#calls = (this.#calls + 1) % 2 ** 32;
    const call = this.#calls;
    this.#socket ??= this.#connected();
    const socket = this.#socket;
    return new Promise<Frame>((resolve, reject) => {
      const late = setTimeout(() => reject(unavailable('the core does not answer')), CORE_CALL_MS_MAX);
      this.#waiting.set(call, { answered: resolve, failed: reject });
      socket.write(frameBytes({ call, byte, content }));
      late.unref();
    }).finally(() => this.#waiting.delete(call));
  }

  #connected(): Socket {
    const socket = connect(this.#path);
    const reader = new FrameReader();
    const lose = (reason: string): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      for (const { failed } of this.#waiting.values()) failed(unavailable(reason));
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#waiting.get(frame.call)?.answered(frame);
      } catch (error) {
        this.#log.warn('the core sent what is no frame', { error: String(error) });
        lose('the core sent what is no frame');
      }
    });
    socket.on('error', (error) => lose(`the core cannot be reached: ${error.message}`));
    socket.on('close', () => lose('the core closed the connection'));
    return socket;
  }
}

function refusalIn(content: Uint8Array): CoreRefusal {
  const text = Buffer.from(content).toString('utf8');
  const end = text.indexOf('\n');
  const code = text.slice(0, end);
  if (!isCode(code)) return unavailable('the core answered what is no refusal');
  return new CoreRefusal(text.slice(end + 1), { code });
}

function isCode(code: string): code is SignerErrorDetail['code'] {
  return Object.hasOwn(SIGNER_STATUS, code);
}

function unavailable(message: string): CoreRefusal {
  return new CoreRefusal(message, { code: 'SIGNER_UNAVAILABLE' });
}
