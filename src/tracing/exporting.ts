import type { Log } from '../base/log.ts';
import type { Tracer } from './tracer.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the operator has named a place to send spans to, in the variables of
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function exportsTraces(env: Environment): boolean {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporters = (env['OTEL_TRACES_EXPORTER'] || 'otlp').split(',').map(name => name.trim());
  return exporters.includes('otlp');
}

/** The tracer of this process, or nothing where no exporter is configured. What it is made of is loaded only then. */
export async function openTracer(env: Environment, version: string, log: Log): Promise<Tracer | undefined> {
  if (!exportsTraces(env)) return undefined;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || 'http/protobuf';
  if (protocol !== 'http/protobuf') {
    log.warn({ protocol, hint: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.' }, 'spans are not exported');
    return undefined;
  }
  const { otlpTracer } = await import('./otlp.ts');
  return otlpTracer(version, log);
}
