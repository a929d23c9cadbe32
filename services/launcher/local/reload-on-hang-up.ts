import type { ReloadReport } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { withConfigService } from '../adapters/config-client.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { reloadSentence } from '../core/reload-sentence.ts';
import type { Interruption } from '../words/interruption.ts';
import type { Terminal } from '../words/terminal.ts';

/** Passes SIGHUP on to the config service and prints the result. A burst of signals makes two reloads at most. */
export function reloadOnHangUp(paths: MemberPaths, interruption: Interruption, terminal: Terminal): void {
  let wanted = false;
  let running = false;
  const reload = async (): Promise<void> => {
    running = true;
    while (wanted) {
      wanted = false;
      terminal.note(await outcomeOf(paths));
    }
    running = false;
  };
  interruption.onHangUp(() => {
    wanted = true;
    if (!running) void reload();
  });
}

async function outcomeOf(paths: MemberPaths): Promise<string> {
  try {
    const report = await withConfigService<ReloadReport | undefined>(
      paths,
      async (client) => (await client.reload({})).report,
    );
    return report === undefined ? 'SIGHUP: no answer' : `SIGHUP: ${reloadSentence(report)}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `SIGHUP: the settings are read when the config service is back (${reason})`;
  }
}
