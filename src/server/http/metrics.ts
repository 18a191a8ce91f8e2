import type { ServerResponse } from 'node:http';
import type { Answer } from '../../answers/answer.ts';
import { guessTokens, tokensOfBytes } from '../../base/text.ts';
import { version } from '../../base/version.ts';
import type { DataPlatformsServer } from '../create.ts';

/** What is counted beside the calls. */
export interface Gauges {
  sessions(): number;
  streams(): number;
  listening(): number;
}

/** What Prometheus is told. */
export interface Metrics {
  /** A request is over; `status`: of its answer. */
  answered(status: number): void;
  /** Answers `/metrics`, in Prometheus' text format. */
  tell(response: ServerResponse): Promise<void>;
}

/** Counts from now on; names no caller. */
export async function createMetrics(
  server: DataPlatformsServer,
  { sessions, streams, listening }: Gauges,
): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter<Label>({ name: `data_platforms_${name}`, help, labelNames, registers });
  const calls = counter('calls_total', 'Calls, by what was called and what it came to.', 'tool', 'outcome');
  const errors = counter('errors_total', 'Calls that failed, by the code of the error.', 'code');
  const requests = counter('upstream_requests_total', 'Requests to platforms, repeats included.');
  const retries = counter('upstream_retries_total', 'Repeats among the requests to platforms.');
  const waits = counter('limiter_waits_total', 'Calls that had to wait for the quota of a platform.');
  const waited = counter('limiter_wait_seconds_total', 'Seconds that calls waited for the quotas of platforms.');
  const upstreamBytes = counter('upstream_bytes_total', 'Bytes of bodies that came from platforms.');
  const answerBytes = counter('answer_bytes_total', 'Bytes of answers to clients.');
  const tokens = counter('saved_tokens_total', 'Tokens of data that were stored instead of sent, estimated.');
  const responses = counter('http_responses_total', 'Answers to HTTP requests, by status.', 'status');
  const seconds = new Histogram({
    name: 'data_platforms_call_seconds',
    help: 'Seconds that calls took.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `data_platforms_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const build = new Gauge({
    name: 'data_platforms_build_info',
    help: 'Always 1; says which version runs.',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version, node: process.versions.node }, 1);
  if (server.replicas.redis() !== 'none')
    gauge('coordination_up', 'Whether what replicas share can be reached.', () =>
      server.replicas.redis() === 'up' ? 1 : 0,
    );
  gauge('running_calls', 'Calls under way.', () => server.running.size);
  gauge('sessions', 'Sessions of older clients.', sessions);
  gauge('sse_streams', 'Streams of clients of revision 2024-11-05.', streams);
  gauge('listening_streams', 'Streams of clients that asked to be told of changes (2026-07-28).', listening);

  server.observe({
    called({ name, outcome, ms, meter }) {
      calls.inc({ tool: label(name, outcome), outcome });
      if (outcome !== 'ok') errors.inc({ code: outcome });
      requests.inc(meter.requests);
      retries.inc(meter.retries);
      upstreamBytes.inc(meter.bytes);
      if (meter.waitedMs > 0) waits.inc();
      waited.inc(meter.waitedMs / 1000);
      seconds.observe(ms / 1000);
    },
    answered(answer, shaped) {
      answerBytes.inc(Buffer.byteLength(JSON.stringify(shaped)));
      tokens.inc(Math.max(0, storedTokens(answer) - guessTokens(shaped)));
    },
  });

  return {
    answered: status => responses.inc({ status: String(status) }),
    async tell(response) {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
    },
  };
}

/** Tokens that the data of a stored result would take in an answer. */
function storedTokens(answer: Answer): number {
  const outcome = answer.kind === 'run' ? answer.outcome : answer;
  return outcome?.kind === 'result' ? tokensOfBytes(outcome.result.bytes) : 0;
}

// Clients can name anything, and each label is kept for as long as the process lives.
function label(name: string, outcome: string): string {
  if (outcome === 'unknown_operation') return 'unknown';
  return name.split(/[ /]/, 1)[0] ?? name;
}
