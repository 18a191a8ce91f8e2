import type { Routes, SimulatorReply, SimulatorRequest } from '../router.ts';
import { refusable } from './refusal.ts';

/** How a platform answers its endpoints, whatever they are: its own words for what every simulator does. */
export interface EndpointFrame<Endpoint, Reason> {
  /** Request lines as the router takes them; older names of an endpoint are lines of their own. */
  lines(endpoint: Endpoint): readonly string[];
  /** Checks who asks and what was sent, then runs the handler. May throw refusals. */
  answer(endpoint: Endpoint, request: SimulatorRequest): SimulatorReply | Promise<SimulatorReply>;
  /** A refusal as it goes on the wire. */
  write(reason: Reason): SimulatorReply;
}

/** The routes of a table of endpoints. */
export function routesOf<Endpoint, Reason>(
  endpoints: readonly Endpoint[],
  { lines, answer, write }: EndpointFrame<Endpoint, Reason>,
): Routes {
  return Object.fromEntries(
    endpoints.flatMap(endpoint =>
      lines(endpoint).map(line => [
        line,
        (request: SimulatorRequest) => refusable(() => answer(endpoint, request), write),
      ]),
    ),
  );
}
