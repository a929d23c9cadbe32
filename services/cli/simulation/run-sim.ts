import { assert } from '#libs/assert/assert.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { openHashFile, writeHashFile } from './hash-file.ts';
import { latencyRequest, refuseLatencyOptions } from './latency/latency-request.ts';
import { runLatency } from './latency/run-latency.ts';
import { runMutants } from './mutants.ts';
import { openCampaign, PROTOCOLS } from './protocols.ts';
import { replay } from './replay.ts';
import { RunTally } from './run-tally.ts';
import { runSignerModel } from './signer-model.ts';
import { refuseModelOptions, signerModelRequest } from './signer-model-request.ts';
import type { SimArguments } from './sim-arguments.ts';
import { type CampaignRequest, simRequest } from './sim-request.ts';
import { runTask } from './threads.ts';

/** Runs the task of the arguments: exit code 1 when any invariant broke. */
export async function runSim(context: ProcessContext, args: SimArguments): Promise<ExitCode> {
  return (await isGood(context, args)) ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function isGood(context: ProcessContext, args: SimArguments): Promise<boolean> {
  const { terminal } = context;
  if (args.signerModel === true) return runSignerModel(signerModelRequest(args), terminal);
  refuseModelOptions(args);
  if (args.model === 'latency') {
    const request = latencyRequest(args);
    const shape = PROTOCOLS.get(request.protocol.id)?.shape;
    assert(shape !== undefined, 'a protocol that a chain can run can be simulated');
    return await runLatency(request, shape.timers.leave, terminal);
  }
  refuseLatencyOptions(args);
  const request = simRequest(args);
  switch (request.kind) {
    case 'replay':
      return replay(request, terminal);
    case 'mutants':
      return await runMutants(request, context);
    case 'campaign':
      return await runCampaign(request, { terminal, json: args.json === true });
  }
}

interface Output extends Pick<ProcessContext, 'terminal'> {
  readonly json: boolean;
}

async function runCampaign({ task, shard, jobs, hashFile }: CampaignRequest, { terminal, json }: Output) {
  if (hashFile !== undefined) openHashFile(hashFile);
  const { cases, runs } = openCampaign(task);
  const tally = new RunTally(terminal, Math.ceil(runs / shard.of));
  const threads = Math.max(1, Math.min(jobs, Math.floor(cases / shard.of)));
  await runTask(task, shard, threads, (batch) => tally.add(batch));
  if (hashFile !== undefined) writeHashFile(hashFile, tally.hashes());
  const { protocol, members, kind } = task;
  const { failures, ...counts } = tally.result();
  const facts = { mode: kind, protocol, members, ...counts };
  if (json) terminal.out(JSON.stringify({ ...facts, failures }));
  else for (const [name, value] of Object.entries(facts)) terminal.out(`${name}: ${value}`);
  return !tally.hasFailed;
}
