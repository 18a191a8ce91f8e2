import type { Contract, Endpoint } from '../src/providers/contract.ts';
import type { OperationFinding, PlatformReport } from '../src/verification/report.ts';

/**
 * A contract with what an account showed. An endpoint that answered as described, or otherwise, was observed: on which
 * day, on which release, and what differs. The rest stays as it was.
 */
export function observed(contract: Contract, { release, findings }: PlatformReport, at: string): Contract {
  const byShape = new Map(findings.filter(isSeen).map(finding => [shapeOf(finding.route), finding]));
  return {
    ...contract,
    endpoints: contract.endpoints.map(endpoint => {
      const finding = byShape.get(shapeOf(`${endpoint.method} ${endpoint.path}`));
      return finding ? seen(endpoint, finding, { release, at }) : endpoint;
    }),
  };
}

const isSeen = ({ verdict }: OperationFinding) => verdict === 'as_described' || verdict === 'differs';

function seen(
  endpoint: Endpoint,
  { differences = [] }: OperationFinding,
  { release, at }: { release: string | undefined; at: string },
): Endpoint {
  const differs = differences.map(({ field, expected, found }) => `${field}: ${found} instead of ${expected}`);
  return {
    ...endpoint,
    // What the vendor documents is documented, however often somebody has seen it.
    evidence: endpoint.evidence === 'documented' ? endpoint.evidence : 'observed',
    checked: at,
    observed: { at, ...(release === undefined ? {} : { release }), ...(differs.length > 0 ? { differs } : {}) },
  };
}

const shapeOf = (route: string) => route.replace(/\{[^{}]*\}/g, '{}');
