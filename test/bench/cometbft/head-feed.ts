import { nodeFailed } from './errors.ts';
import { type BlockHead, finalHeadIn } from './rpc-answers.ts';

const FINAL_HEADS = {
  jsonrpc: '2.0',
  id: 0,
  method: 'subscribe',
  params: { query: "tm.event='NewBlockHeader'" },
};

export interface FeedListener {
  readonly told: (head: BlockHead) => void;
  /** The feed is broken; called once. */
  readonly failed: (error: unknown) => void;
}

/** The heads of final blocks as a node tells of them, from when it says that it will. Ends by `close`. */
export function followHeads(address: string, { told, failed }: FeedListener): Promise<{ close(): void }> {
  const socket = new WebSocket(`ws://${address}/websocket`);
  let isOver = false;
  const end = (error: unknown): void => {
    if (isOver) return;
    isOver = true;
    socket.close();
    failed(error);
  };
  const close = (): void => {
    isOver = true;
    socket.close();
  };
  socket.addEventListener('open', () => socket.send(JSON.stringify(FINAL_HEADS)));
  socket.addEventListener('close', () =>
    end(nodeFailed(`the node of CometBFT at ${address} ended its feed`)),
  );
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => {
      const error = nodeFailed(`the node of CometBFT at ${address} gives no feed of its blocks`);
      reject(error);
      end(error);
    });
    socket.addEventListener('message', ({ data }) => {
      if (isOver) return;
      try {
        const head = finalHeadIn(JSON.parse(String(data)));
        if (head === undefined) resolve({ close });
        else told(head);
      } catch (error) {
        reject(error);
        end(error);
      }
    });
  });
}
