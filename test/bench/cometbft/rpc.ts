import { nodeFailed } from './errors.ts';
import { ANSWER_BYTES_MAX, CALL_MS_MAX } from './limits.ts';

export interface RpcCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Asks a node one question. @throws CometbftError when it gives no answer in time, or too long a one. */
export function ask(address: string, { method, params }: RpcCall): Promise<unknown> {
  return post(address, { jsonrpc: '2.0', id: 0, method, params });
}

/** Asks a node several questions in one call; they are numbered from 0. */
export function askMany(address: string, calls: readonly RpcCall[]): Promise<unknown> {
  return post(
    address,
    calls.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params })),
  );
}

async function post(address: string, body: unknown): Promise<unknown> {
  try {
    const response = await fetch(`http://${address}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    return JSON.parse(await boundedText(response));
  } catch (cause) {
    throw nodeFailed(`a node of CometBFT does not answer at ${address}: ${reasonOf(cause)}`, cause);
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    size += piece.length;
    if (size > ANSWER_BYTES_MAX) throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** `fetch` says only that it failed; why, says its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
